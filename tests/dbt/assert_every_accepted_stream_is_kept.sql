-- The summary takes what is not in the mart for repeated, so that a stream which a build failed to
-- append would look like a duplicate.

with

records as (

    select {{ distinct_row_count(['user_email', 'movie_key', 'started_at']) }} as stream_count
    from {{ ref('int_streams_checked') }}
    where rejection_reason is null

),

streams as (

    select count(*) as stream_count from {{ ref('streams') }}

)

select
    records.stream_count,
    streams.stream_count as kept_count
from records
cross join streams
where streams.stream_count < records.stream_count
