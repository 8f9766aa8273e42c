with

works as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

subject_books as (

    select distinct
        subject,
        book_key
    from works

)

select * from subject_books
