with

history as (

    select * from {{ ref('vendor_reviews_history') }}
    where dbt_valid_to is null

),

accepted as (

    select vendor_review_key from {{ ref('int_vendor_reviews_checked') }}
    where rejection_reason is null

),

vendor_reviews as (

    select
        vendor_review_key,
        movie_key,
        movie_title,
        book_title,
        case when rating_reported between 1 and 5 then rating_reported end as rating,
        rating_reported,
        review_text,
        created_at,
        updated_at,
        coalesce(updated_at < created_at, false) as is_updated_before_created,
        dbt_is_deleted = 'True' as is_deleted,
        dbt_is_deleted = 'False'
        and vendor_review_key not in (
            select accepted.vendor_review_key from accepted
        ) as is_rejected_now,
        dbt_valid_from as valid_from
    from history

)

select * from vendor_reviews
