-- The headline figures, recounted from author_books in both directions: a missing row is as wrong
-- as a wrong count. That author_books has the years of books is tested there.

with

author_years as (

    select * from {{ ref('books_per_author_per_year') }}

),

author_books as (

    select * from {{ ref('author_books') }}
    where first_publish_year is not null

),

counts as (

    select
        author_key,
        first_publish_year,
        count(*) as book_count
    from author_books
    group by author_key, first_publish_year

)

select
    coalesce(author_years.author_key, counts.author_key) as author_key,
    coalesce(author_years.first_publish_year, counts.first_publish_year) as first_publish_year,
    author_years.book_count,
    counts.book_count as expected_book_count
from author_years
full outer join counts
    on
        author_years.author_key = counts.author_key
        and author_years.first_publish_year = counts.first_publish_year
where author_years.book_count is distinct from counts.book_count
