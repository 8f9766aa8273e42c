select
    cast(started_at as date) as started_on,
    count(*) as stream_count,
    count(distinct user_email) as user_count
from {{ ref('streams') }}
group by cast(started_at as date)
order by started_on
