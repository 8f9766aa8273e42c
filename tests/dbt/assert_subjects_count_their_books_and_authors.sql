-- The counts of a subject are those of its books, each author once.

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

counts as (

    select
        subject_books.subject,
        count(distinct subject_books.book_key) as book_count,
        count(distinct author_books.author_key) as author_count
    from subject_books
    left join author_books on subject_books.book_key = author_books.book_key
    group by subject_books.subject

)

select
    subjects.subject,
    subjects.book_count,
    subjects.author_count
from subjects
left join counts on subjects.subject = counts.subject
where
    subjects.book_count is distinct from coalesce(counts.book_count, 0)
    or subjects.author_count is distinct from coalesce(counts.author_count, 0)
