with

book_authors as (

    select * from {{ ref('int_book_authors_unnested') }}

),

author_books as (

    select
        author_key,
        book_key,
        author_position
    from book_authors

)

select * from author_books
