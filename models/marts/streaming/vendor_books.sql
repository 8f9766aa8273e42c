with

history as (

    select * from {{ ref('vendor_books_history') }}
    where dbt_valid_to is null

),

vendor_books as (

    select
        vendor_book_key,
        book_title,
        author_name,
        publisher,
        page_count,
        dbt_is_deleted = 'True' as is_deleted,
        dbt_valid_from as valid_from
    from history

)

select * from vendor_books
