with

history as (

    select * from {{ ref('vendor_books_history') }}
    where dbt_valid_to is null

),

accepted as (

    select vendor_book_key from {{ ref('int_vendor_books_checked') }}
    where rejection_reason is null

),

vendor_books as (

    select
        vendor_book_key,
        book_title,
        vendor_author_key,
        author_name,
        publisher,
        page_count,
        dbt_is_deleted = 'True' as is_deleted,
        dbt_is_deleted = 'False'
        and vendor_book_key not in (
            select accepted.vendor_book_key from accepted
        ) as is_rejected_now,
        dbt_valid_from as valid_from
    from history

)

select * from vendor_books
