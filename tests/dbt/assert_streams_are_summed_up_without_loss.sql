-- A movie key that matched two titles, or none, would duplicate streams in the summary or drop
-- them.

with

streams as (

    select * from {{ ref('streams') }}

),

summary as (

    select * from {{ ref('movie_stream_summary') }}

),

counted as (

    select count(*) as stream_count from streams

),

summed as (

    select coalesce(sum(stream_count), 0) as stream_count from summary

)

select
    counted.stream_count,
    summed.stream_count as summed_count
from counted
cross join summed
where counted.stream_count <> summed.stream_count
