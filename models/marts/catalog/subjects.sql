with

current_loads as (

    select * from {{ ref('int_loads_committed') }}
    where is_current and subject is not null

),

tracked_subjects as (

    select * from {{ ref('tracked_subjects') }}

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
    from subject_books
    inner join author_books on subject_books.book_key = author_books.book_key
    group by subject_books.subject

),

-- A dump's books have subjects that nobody tracks.
names as (

    select subject from current_loads
    union
    select subject from tracked_subjects
    union
    select subject from book_counts

),

subjects as (

    select
        -- text
        names.subject,
        coalesce(
            current_loads.subject_name, current_loads.subject_given, names.subject
        ) as subject_name,
        current_loads.load_id,

        -- numbers
        coalesce(book_counts.book_count, 0) as book_count,
        coalesce(author_counts.author_count, 0) as author_count,

        -- booleans
        tracked_subjects.subject is not null as is_tracked,
        current_loads.is_complete,

        -- times
        current_loads.completed_at as loaded_at
    from names
    left join current_loads on names.subject = current_loads.subject
    left join tracked_subjects on names.subject = tracked_subjects.subject
    left join book_counts on names.subject = book_counts.subject
    left join author_counts on names.subject = author_counts.subject

)

select * from subjects
