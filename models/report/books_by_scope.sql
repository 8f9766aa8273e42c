with

books as (

    select * from {{ ref('books') }}

),

subjects as (

    select * from {{ ref('reported_subjects') }}

),

subject_books as (

    select * from {{ ref('subject_books') }}

),

ranked_subjects as (

    select
        subject,
        row_number() over (order by book_count desc, subject asc) as subject_rank
    from subjects

),

members as (

    select
        '' as scope,
        book_key
    from books

    union all

    select
        subject_books.subject as scope,
        subject_books.book_key
    from subject_books
    inner join ranked_subjects on subject_books.subject = ranked_subjects.subject
    where ranked_subjects.subject_rank <= 20

),

books_by_scope as (

    select
        members.scope,
        books.book_key,
        books.title,
        books.first_publish_year,
        books.first_publish_year_reported,
        books.edition_count,
        books.author_count
    from members
    inner join books on members.book_key = books.book_key

)

select * from books_by_scope
