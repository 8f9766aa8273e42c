with

streams as (

    select * from {{ ref('streams') }}

)

select
    count(distinct user_key) as user_count,
    count(*) as stream_count
from streams
where
    movie_key = 'unforgiven'
    and started_at < timestamp '2021-12-25 11:00:00'
    and ended_at > timestamp '2021-12-25 06:00:00'
