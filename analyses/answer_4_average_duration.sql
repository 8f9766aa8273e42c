with

streams as (

    select date_diff('millisecond', started_at, ended_at) as milliseconds
    from {{ ref('streams') }}

)

select
    {{ rounded('cast(sum(milliseconds) as double) / count(*) / 60000', 2) }} as minutes,
    {{ rounded('cast(sum(milliseconds) as double) / count(*) / 3600000', 2) }} as hours
from streams
