-- Every dated book is in exactly one year, with an author or without.

with

years as (

    select * from {{ ref('books_per_year') }}

),

books as (

    select * from {{ ref('books') }}
    where first_publish_year is not null

),

counts as (

    select
        first_publish_year,
        count(*) as book_count
    from books
    group by first_publish_year

)

select
    coalesce(years.first_publish_year, counts.first_publish_year) as first_publish_year,
    years.book_count,
    counts.book_count as expected_book_count
from years
full outer join counts on years.first_publish_year = counts.first_publish_year
where years.book_count is distinct from counts.book_count
