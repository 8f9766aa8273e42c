-- A work or an edition that went missing on the way from the dump to the books would not be noticed
-- among millions. An edition is counted by its work, is a book of its own, or belongs to a work
-- that the dump deletes, rejects or does not have. A dump of which either was not
-- landed has no books.

with

dumps as (

    select load_id from {{ ref('int_loads_committed') }}
    where is_current and has_dump_books

),

summary as (

    select * from {{ ref('file_quality_summary') }}

),

dump_books as (

    select * from {{ ref('int_dump_books') }}

),

editions as (

    select * from {{ ref('int_dump_editions_resolved') }}

),

books as (

    select * from {{ ref('books') }}
    where source = 'dump'

),

contested as (

    select * from {{ ref('int_books_contested') }}
    where not is_outdated

),

newer as (

    select dump_books.book_key
    from dump_books
    inner join contested on dump_books.book_key = contested.book_key

),

without_work as (

    select editions.edition_key
    from editions
    left join dump_books on editions.work_key = dump_books.book_key
    where
        not editions.is_orphan
        and dump_books.book_key is null

),

counts as (

    select
        'dump_works' as dataset,
        count(*) filter (where book_key like '%W') as row_count
    from dump_books

    union all

    select
        'dump_editions' as dataset,
        coalesce(sum(edition_count), 0) + (select count(*) from without_work) as row_count
    from dump_books

)

select
    counts.dataset,
    counts.row_count,
    summary.record_count - summary.rejected_count as accepted_count
from counts
cross join dumps
left join summary on counts.dataset = summary.dataset
where coalesce(summary.record_count - summary.rejected_count, 0) <> counts.row_count

union all

select
    'books' as dataset,
    (select count(*) from books) as row_count,
    (select count(*) from dump_books) - (select count(*) from newer) as accepted_count
where
    (select count(*) from books)
    <> (select count(*) from dump_books) - (select count(*) from newer)
