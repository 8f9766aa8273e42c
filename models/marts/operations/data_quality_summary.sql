with

current_loads as (

    select * from {{ ref('int_loads_committed') }}
    where is_current and subject is not null

),

works as (

    select * from {{ ref('int_works_checked') }}

),

contested as (

    select * from {{ ref('int_books_contested') }}
    where is_outdated

),

subject_books as (

    select * from {{ ref('subject_books') }}

),

books as (

    select * from {{ ref('books') }}

),

record_counts as (

    select
        subject,
        count(*) as record_count,
        count(rejection_reason) as rejected_count,
        count(*) filter (where rejection_reason is null)
        - {{ distinct_row_count(['book_key']) }} filter (
            where rejection_reason is null
        ) as duplicate_count
    from works
    group by subject

),

outdated_counts as (

    select
        works.subject,
        count(distinct works.book_key) as outdated_count
    from works
    inner join contested on works.book_key = contested.book_key
    where works.rejection_reason is null
    group by works.subject

),

book_counts as (

    select
        subject_books.subject,
        count(*) as book_count,
        count(books.first_publish_year) as dated_book_count,
        count(*) filter (
            where books.first_publish_year_reported is null
        ) as books_without_year_count,
        count(*) filter (
            where
            books.first_publish_year_reported is not null
            and books.first_publish_year is null
        ) as books_with_implausible_year_count,
        count(*) filter (where books.author_count = 0) as books_without_author_count,
        count(*) filter (where books.empty_role_count > 0) as books_with_empty_role_count,
        count(*) filter (where books.title is null) as books_without_title_count,
        count(*) filter (where books.is_orphan_edition) as orphan_edition_count
    from subject_books
    inner join current_loads on subject_books.subject = current_loads.subject
    inner join books on subject_books.book_key = books.book_key
    group by subject_books.subject

),

data_quality_summary as (

    select
        current_loads.subject,
        current_loads.load_id,
        coalesce(record_counts.record_count, 0) as record_count,
        coalesce(record_counts.duplicate_count, 0) as duplicate_count,
        coalesce(record_counts.rejected_count, 0) as rejected_count,
        coalesce(outdated_counts.outdated_count, 0) as outdated_count,
        coalesce(book_counts.book_count, 0) as book_count,
        coalesce(book_counts.dated_book_count, 0) as dated_book_count,
        coalesce(book_counts.books_without_year_count, 0) as books_without_year_count,
        coalesce(book_counts.books_with_implausible_year_count, 0)
            as books_with_implausible_year_count,
        coalesce(book_counts.books_without_author_count, 0) as books_without_author_count,
        coalesce(book_counts.books_with_empty_role_count, 0) as books_with_empty_role_count,
        coalesce(book_counts.books_without_title_count, 0) as books_without_title_count,
        coalesce(book_counts.orphan_edition_count, 0) as orphan_edition_count
    from current_loads
    left join record_counts on current_loads.subject = record_counts.subject
    left join outdated_counts on current_loads.subject = outdated_counts.subject
    left join book_counts on current_loads.subject = book_counts.subject

)

select * from data_quality_summary
