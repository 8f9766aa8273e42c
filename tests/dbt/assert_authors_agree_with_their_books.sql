-- An author's count and range of years must match the books that list the author.

with

authors as (

    select * from {{ ref('authors') }}

),

author_books as (

    select * from {{ ref('author_books') }}

),

books as (

    select * from {{ ref('books') }}

),

totals as (

    select
        author_books.author_key,
        count(*) as book_count,
        min(books.first_publish_year) as first_publish_year,
        max(books.first_publish_year) as last_publish_year
    from author_books
    inner join books on author_books.book_key = books.book_key
    group by author_books.author_key

)

select
    authors.author_key,
    authors.book_count,
    authors.first_publish_year,
    authors.last_publish_year
from authors
left join totals on authors.author_key = totals.author_key
where
    authors.book_count is distinct from totals.book_count
    or authors.first_publish_year is distinct from totals.first_publish_year
    or authors.last_publish_year is distinct from totals.last_publish_year
