with

ranked as (

    select
        *,
        row_number() over (order by started_at desc, load_id desc) as load_rank,
        count(*) over () as load_count
    from {{ ref('loads') }}

)

select
    load_rank,
    load_count,
    dataset,
    subject,
    status,
    is_current,
    started_at,
    duration_seconds,
    promised_count,
    coalesce(work_count, record_count) as landed_count,
    drift_count,
    missing_count,
    retry_count,
    error_type
from ranked
where load_rank <= 100
order by load_rank
