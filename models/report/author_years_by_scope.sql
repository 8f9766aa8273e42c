with

books as (

    select * from {{ ref('books_by_scope') }}

),

author_books as (

    select * from {{ ref('author_books') }}

),

author_years_by_scope as (

    select
        books.scope,
        author_books.author_key,
        books.first_publish_year,
        count(*) as book_count
    from books
    inner join author_books on books.book_key = author_books.book_key
    group by books.scope, author_books.author_key, books.first_publish_year

)

select * from author_years_by_scope
