-- The summary's three counts divide the subject's books by what is known about their year.

with

summary as (

    select * from {{ ref('data_quality_summary') }}

)

select
    subject,
    book_count,
    dated_book_count,
    books_with_implausible_year_count,
    books_without_year_count
from summary
where
    dated_book_count + books_with_implausible_year_count + books_without_year_count
    is distinct from book_count
