-- The summary counts accepted streams that are not in the mart as duplicates, so a stream that a
-- build failed to append would look like one. The newest load wins over older ones, so all of its
-- streams must be there; those of older loads were checked when they were new.

with

records as {{ not_materialized() }} (

    select * from {{ ref('int_streams_checked') }}
    where
        rejection_reason is null
        and load_id = (select max(newest.load_id) from {{ ref('int_streams_checked') }} as newest)

),

streams as (

    select * from {{ ref('streams') }}

),

accepted_counts as (

    select
        load_id,
        count(*) as record_count
    from records
    group by load_id

),

kept_counts as (

    select
        load_id,
        count(*) as stream_count
    from streams
    group by load_id

),

-- Telling streams apart is expensive, and needless where each record is in the mart.
with_fewer_streams as (

    select
        accepted_counts.load_id,
        coalesce(kept_counts.stream_count, 0) as kept_count
    from accepted_counts
    left join kept_counts on accepted_counts.load_id = kept_counts.load_id
    where coalesce(kept_counts.stream_count, 0) < accepted_counts.record_count

)

select
    records.load_id,
    with_fewer_streams.kept_count,
    {{ distinct_row_count(['user_key', 'movie_key', 'started_at']) }} as stream_count
from records
inner join with_fewer_streams on records.load_id = with_fewer_streams.load_id
group by records.load_id, with_fewer_streams.kept_count
having
    {{ distinct_row_count(['user_key', 'movie_key', 'started_at']) }}
    > with_fewer_streams.kept_count
