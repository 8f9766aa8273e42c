-- books.author_count saves readers from counting rows of author_books, so it must equal that count.

with

books as (

    select * from {{ ref('books') }}

),

author_books as (

    select * from {{ ref('author_books') }}

),

author_counts as (

    select
        book_key,
        count(*) as author_count
    from author_books
    group by book_key

)

select
    books.book_key,
    books.author_count,
    author_counts.author_count as author_book_count
from books
left join author_counts on books.book_key = author_counts.book_key
where books.author_count is distinct from coalesce(author_counts.author_count, 0)
