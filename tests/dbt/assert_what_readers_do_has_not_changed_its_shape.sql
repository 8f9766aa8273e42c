-- As assert_the_source_has_not_changed_its_shape, of ratings and the reading log. By itself,
-- because a test holds back only what all its tables lead to, and books do without readers.

with

ratings as (

    select * from {{ ref('int_dump_ratings_checked') }}

),

reading_log as (

    select * from {{ ref('int_dump_reading_log_checked') }}

),

counts as (

    select
        'dump_ratings' as dataset,
        count(*) as record_count,
        count(rejection_reason) as rejected_count
    from ratings

    union all

    select
        'dump_reading_log' as dataset,
        count(*) as record_count,
        count(rejection_reason) as rejected_count
    from reading_log

)

select
    dataset,
    record_count,
    rejected_count
from counts
where
    record_count >= 1000
    and rejected_count * 2 > record_count
