-- The summary takes what is not in the mart for repeated, so that a stream which a build failed to
-- append would look like a duplicate.

with

records as (

    select * from {{ ref('int_streams_checked') }}
    where rejection_reason is null

),

streams as (

    select * from {{ ref('streams') }}

)

select
    records.load_id,
    records.file_row
from records
where not exists (
    select streams.load_id
    from streams
    where
        streams.user_email = records.user_email
        and streams.movie_key = records.movie_key
        and streams.started_at = records.started_at
        and streams.load_id >= records.load_id
)
