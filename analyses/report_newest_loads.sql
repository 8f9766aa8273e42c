with

ranked as (

    select
        *,
        row_number() over (
            partition by dataset, subject order by started_at desc, load_id desc
        ) as load_rank,
        max(case when is_current then started_at end)
            over (partition by dataset, subject) as current_started_at
    from {{ ref('loads') }}

),

currents as (

    select * from ranked
    where is_current

),

newest as (

    select * from ranked
    where load_rank = 1

),

previous as (

    select
        dataset,
        subject,
        max(started_at) as started_at
    from ranked
    where
        status = 'complete'
        and started_at < current_started_at
    group by dataset, subject

)

select
    newest.dataset,
    newest.subject,
    currents.load_id,
    currents.status,
    currents.started_at,
    currents.completed_at,
    currents.dumped_at,
    currents.promised_count,
    currents.work_count,
    currents.record_count,
    currents.drift_count,
    currents.missing_count,
    newest.status as last_status,
    newest.started_at as last_started_at,
    newest.error_type as last_error_type,
    previous.started_at as previous_started_at
from newest
left join currents
    on
        newest.dataset = currents.dataset
        and coalesce(newest.subject, '') = coalesce(currents.subject, '')
left join previous
    on
        newest.dataset = previous.dataset
        and coalesce(newest.subject, '') = coalesce(previous.subject, '')
order by newest.dataset asc, newest.subject asc nulls first
