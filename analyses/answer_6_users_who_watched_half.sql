with

streams as (

    select * from {{ ref('streams') }}

)

select
    count(distinct user_key) filter (where watched_share >= 0.5) as user_count,
    count(distinct user_key) as streaming_user_count
from streams
where
    started_at >= timestamp '2021-12-24 23:00:00'
    and started_at < timestamp '2021-12-31 23:00:00'
