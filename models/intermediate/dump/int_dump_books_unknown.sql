with

totals as (

    select work_key from {{ ref('int_dump_edition_totals') }}

),

editions as (

    select edition_key from {{ ref('int_dump_editions_resolved') }}
    where is_orphan

),

books as (

    select book_key from {{ ref('int_books_deduplicated') }}

),

listed as (

    select work_key as book_key from totals
    union all
    select replace(edition_key, '/books/', '/works/') as book_key from editions

),

unknown as (

    select listed.book_key
    from listed
    where not exists (
        select books.book_key
        from books
        where books.book_key = listed.book_key
    )

)

select * from unknown
