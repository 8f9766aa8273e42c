with

ordered as (

    select
        size_mb,
        row_number() over (order by size_mb) as size_rank,
        count(*) over () as stream_count
    from {{ ref('streams') }}
    where size_mb is not null

)

-- the middle stream, or the two in the middle
select {{ rounded('avg(size_mb)', 2) }} as megabytes
from ordered
where size_rank between stream_count / 2e0 and stream_count / 2e0 + 1
