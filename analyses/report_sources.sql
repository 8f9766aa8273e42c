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
        'dump' as source,
        max(case when loads.status = 'complete' then 1 else 0 end) = 1 as is_complete,
        cast(sum(files.record_count) as bigint) as record_count,
        cast(sum(files.rejected_count) as bigint) as rejected_count
    from {{ ref('file_quality_summary') }} as files
    inner join {{ ref('loads') }} as loads on files.load_id = loads.load_id
    where files.dataset like 'dump%'
    group by loads.load_id

)

select
    books.source,
    books.book_count,
    books.fetched_until,
    dumps.is_complete,
    dumps.record_count,
    dumps.rejected_count
from books
left join dumps on books.source = dumps.source
order by books.book_count desc, books.source asc
