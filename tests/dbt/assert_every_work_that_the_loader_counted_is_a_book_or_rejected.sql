-- The loader counts distinct works while landing them; dbt counts them after parsing, checking and
-- de-duplicating. Two programs must arrive at the same number.

with

loads as (

    select * from {{ ref('loads') }}
    where
        is_current
        and subject is not null

),

summary as (

    select
        *,
        record_count - duplicate_count - rejected_count as accepted_count
    from {{ ref('data_quality_summary') }}

)

select
    loads.load_id,
    loads.work_count,
    summary.accepted_count,
    summary.rejected_count
from loads
left join summary on loads.load_id = summary.load_id
where
    loads.work_count is null
    or summary.load_id is null
    or summary.accepted_count > loads.work_count
    or summary.accepted_count + summary.rejected_count < loads.work_count
