-- The summary counts accepted streams that are not in the mart as duplicates, so a stream that a
-- build failed to append would look like one. The newest load wins over older ones, so all of its
-- streams must be there; those of older loads were checked when they were new.

with

records as (

    select
        max(load_id) as load_id,
        {{ distinct_row_count(['user_key', 'movie_key', 'started_at']) }} as stream_count
    from {{ ref('int_streams_checked') }}
    where
        rejection_reason is null
        and load_id = (select max(newest.load_id) from {{ ref('int_streams_checked') }} as newest)

),

streams as (

    select
        load_id,
        count(*) as stream_count
    from {{ ref('streams') }}
    group by load_id

)

select
    records.load_id,
    records.stream_count,
    streams.stream_count as kept_count
from records
left join streams on records.load_id = streams.load_id
where coalesce(streams.stream_count, 0) < records.stream_count
