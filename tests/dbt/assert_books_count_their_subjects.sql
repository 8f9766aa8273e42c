-- Every book of the API was landed under at least one subject, one of a dump may have none, and
-- books.subject_count says how many.

with

books as (

    select * from {{ ref('books') }}

),

subject_books as (

    select * from {{ ref('subject_books') }}

),

subject_counts as (

    select
        book_key,
        count(*) as subject_count
    from subject_books
    group by book_key

)

select
    books.book_key,
    books.subject_count,
    subject_counts.subject_count as subject_book_count
from books
left join subject_counts on books.book_key = subject_counts.book_key
where
    books.subject_count is distinct from coalesce(subject_counts.subject_count, 0)
    or (books.source = 'api' and books.subject_count = 0)
