-- A year's number of authors, and their mean number of books, must match its author-years.

with

years as (

    select * from {{ ref('books_per_year') }}

),

author_years as (

    select * from {{ ref('books_per_author_per_year') }}

),

totals as (

    select
        first_publish_year,
        count(*) as author_count,
        sum(book_count) as pair_count
    from author_years
    group by first_publish_year

)

select
    years.first_publish_year,
    years.author_count,
    years.average_books_per_author
from years
left join totals on years.first_publish_year = totals.first_publish_year
where
    years.author_count is distinct from coalesce(totals.author_count, 0)
    or (years.average_books_per_author is null) <> (totals.author_count is null)
    or abs(years.average_books_per_author * totals.author_count - totals.pair_count) > 0.000001
