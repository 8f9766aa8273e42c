-- A subject's authors are those of its books, each counted once.

with

subjects as (

    select * from {{ ref('subjects') }}

),

subject_books as (

    select * from {{ ref('subject_books') }}

),

author_books as (

    select * from {{ ref('author_books') }}

),

author_counts as (

    select
        subject_books.subject,
        {{ distinct_row_count(['author_books.author_key']) }} as author_count
    from author_books
    inner join subject_books on author_books.book_key = subject_books.book_key
    group by subject_books.subject

)

select
    subjects.subject,
    subjects.author_count,
    author_counts.author_count as expected_author_count
from subjects
left join author_counts on subjects.subject = author_counts.subject
where subjects.author_count is distinct from coalesce(author_counts.author_count, 0)
