with

books as (

    select * from {{ ref('books_by_scope') }}

),

book_totals as (

    select
        scope,
        count(*) as book_count,
        count(first_publish_year) as dated_book_count,
        count(*) filter (where first_publish_year_reported is null) as books_without_year_count,
        count(*) filter (
            where
            first_publish_year_reported is not null
            and first_publish_year is null
        ) as books_with_implausible_year_count,
        count(*) filter (where author_count = 0) as books_without_author_count,
        count(*) filter (where title is null) as books_without_title_count,
        cast(sum(edition_count) as bigint) as edition_count,
        min(first_publish_year) as first_publish_year,
        max(first_publish_year) as last_publish_year
    from books
    group by scope

),

author_totals as (

    select
        books.scope,
        count(distinct author_books.author_key) as author_count
    from books
    inner join {{ ref('author_books') }} as author_books
        on books.book_key = author_books.book_key
    group by books.scope

),

reported as (

    select count(*) as subject_count from {{ ref('reported_subjects') }}

)

select
    book_totals.scope,
    coalesce(subjects.subject_name, '') as subject_name,
    book_totals.book_count,
    book_totals.dated_book_count,
    book_totals.books_without_year_count,
    book_totals.books_with_implausible_year_count,
    book_totals.books_without_author_count,
    book_totals.books_without_title_count,
    coalesce(author_totals.author_count, 0) as author_count,
    coalesce(book_totals.edition_count, 0) as edition_count,
    book_totals.first_publish_year,
    book_totals.last_publish_year,
    reported.subject_count
from book_totals
cross join reported
left join author_totals on book_totals.scope = author_totals.scope
left join {{ ref('subjects') }} as subjects on book_totals.scope = subjects.subject
order by book_totals.scope = '' desc, book_totals.book_count desc, book_totals.scope asc
