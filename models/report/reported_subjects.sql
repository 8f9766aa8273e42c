with

categories as (

    select subject from {{ ref('store_categories') }}

),

reported_subjects as (

    select
        subject,
        book_count
    from {{ ref('subjects') }}
    where
        load_id is not null
        or (
            book_count > 0
            and (is_tracked or subject in (select categories.subject from categories))
        )

)

select * from reported_subjects
