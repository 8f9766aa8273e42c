with

books as (

    select
        source,
        count(*) as book_count,
        max(fetched_at) as fetched_until
    from {{ ref('books') }}
    group by source

),

dumps as (

    select
        loads.dumped_at,
        loads.status = 'complete' as is_complete,
        cast(sum(files.record_count) as bigint) as record_count,
        cast(sum(files.rejected_count) as bigint) as rejected_count
    from {{ ref('file_quality_summary') }} as files
    inner join {{ ref('loads') }} as loads on files.load_id = loads.load_id
    where loads.dumped_at is not null
    group by loads.dumped_at, loads.status

)

select
    books.source,
    books.book_count,
    books.fetched_until,
    dumps.is_complete,
    dumps.record_count,
    dumps.rejected_count
from books
-- after a failed build the books are those of an older dump
left join dumps
    on
        books.source = 'dump'
        and books.fetched_until = dumps.dumped_at
order by books.book_count desc, books.source asc
