-- An author's count and range of years must match the books that list the author. The years are
-- those in author_books, which assert_author_years_reconcile_with_books compares with books.

with

authors as (

    select * from {{ ref('authors') }}

),

author_books as (

    select * from {{ ref('author_books') }}

),

totals as (

    select
        author_key,
        count(*) as book_count,
        min(first_publish_year) as first_publish_year,
        max(first_publish_year) as last_publish_year
    from author_books
    group by author_key

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
