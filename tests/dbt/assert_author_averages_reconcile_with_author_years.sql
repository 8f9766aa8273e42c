-- An average is only as good as the two numbers it is computed from.

with

averages as (

    select * from {{ ref('average_books_per_author') }}

),

author_years as (

    select * from {{ ref('books_per_author_per_year') }}

),

totals as (

    select
        author_key,
        sum(book_count) as book_count,
        count(*) as active_year_count,
        max(first_publish_year) - min(first_publish_year) + 1 as career_year_count
    from author_years
    group by author_key

)

select
    coalesce(averages.author_key, totals.author_key) as author_key,
    averages.book_count,
    averages.active_year_count,
    averages.career_year_count
from averages
full outer join totals on averages.author_key = totals.author_key
where
    averages.book_count is distinct from totals.book_count
    or averages.active_year_count is distinct from totals.active_year_count
    or averages.career_year_count is distinct from totals.career_year_count
    or abs(averages.average_books_per_active_year * totals.active_year_count - totals.book_count)
    > 0.000001
    or abs(averages.average_books_per_career_year * totals.career_year_count - totals.book_count)
    > 0.000001
    or averages.average_books_per_active_year is null
    or averages.average_books_per_career_year is null
