with

placed as (

    select
        *,
        row_number() over (order by started_at desc, load_id desc) as place,
        count(*) over () as load_count
    from {{ ref('loads') }}

)

select
    place,
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
from placed
where place <= 50
order by place
