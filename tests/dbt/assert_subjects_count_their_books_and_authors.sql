-- A subject's counts must match its books, with each author counted once.

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

book_counts as (

    select
        subject,
        count(*) as book_count
    from subject_books
    group by subject

),

author_counts as (

    select
        subject_books.subject,
        count(distinct author_books.author_key) as author_count
    from author_books
    inner join subject_books on author_books.book_key = subject_books.book_key
    group by subject_books.subject

)

select
    subjects.subject,
    subjects.book_count,
    subjects.author_count
from subjects
left join book_counts on subjects.subject = book_counts.subject
left join author_counts on subjects.subject = author_counts.subject
where
    subjects.book_count is distinct from coalesce(book_counts.book_count, 0)
    or subjects.author_count is distinct from coalesce(author_counts.author_count, 0)
