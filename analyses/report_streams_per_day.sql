with

days as (

    select
        cast(started_at as date) as started_on,
        count(*) as stream_count,
        row_number() over (order by cast(started_at as date) desc) as day_rank
    from {{ ref('streams') }}
    group by cast(started_at as date)

)

select
    started_on,
    stream_count
from days
where day_rank <= 366
order by started_on
