-- As for subjects: a line that the engine skipped, or a part that vanished, would go unnoticed.

with

parts as (

    select * from {{ ref('int_file_parts_listed') }}

),

summary as (

    select * from {{ ref('file_quality_summary') }}

),

listed as (

    select
        dataset,
        sum(record_count) as record_count
    from parts
    group by dataset

)

select
    summary.dataset,
    listed.record_count,
    summary.record_count as read_count
from summary
left join listed on summary.dataset = listed.dataset
where summary.record_count <> coalesce(listed.record_count, 0)
