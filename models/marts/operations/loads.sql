with

committed as (

    select * from {{ ref('int_loads_committed') }}

),

load_events as (

    select * from {{ ref('stg_extract__load_events') }}
    where load_id is not null

),

dead_letters as (

    select * from {{ ref('stg_extract__dead_letters') }}

),

ordered_events as (

    select
        *,
        row_number() over (
            partition by load_id
            order by occurred_at desc, source_file desc
        ) as event_rank
    from load_events

),

last_events as (

    select * from ordered_events
    where event_rank = 1

),

-- An offset that failed several times is one dead letter.
dead_letter_counts as (

    select
        load_id,
        count(distinct page_offset) as dead_letter_count
    from dead_letters
    group by load_id

),

load_ids as (

    select load_id from committed
    union
    select load_id from last_events

),

loads as (

    select
        -- ids
        load_ids.load_id,

        -- text
        coalesce(committed.dataset, last_events.dataset) as dataset,
        coalesce(committed.subject, last_events.subject) as subject,
        coalesce(committed.subject_given, last_events.subject_given) as subject_given,
        coalesce(committed.source, last_events.source) as source,
        case
            when committed.is_complete then 'complete'
            when committed.load_id is not null then 'partial'
            when last_events.event in ('failed', 'interrupted') then last_events.event
            else 'unfinished'
        end as status,
        case when committed.load_id is null then last_events.error_type end as error_type,
        case when committed.load_id is null then last_events.error end as error,
        coalesce(committed.extract_version, last_events.extract_version) as extract_version,

        -- numbers
        {{ seconds_between('committed.started_at', 'committed.completed_at') }} as duration_seconds,
        coalesce(committed.promised_count, last_events.promised_count) as promised_count,
        committed.record_count,
        committed.work_count,
        committed.drift_count,
        committed.missing_count,
        coalesce(dead_letter_counts.dead_letter_count, 0) as dead_letter_count,
        coalesce(committed.request_count, last_events.request_count) as request_count,
        coalesce(committed.retry_count, last_events.retry_count) as retry_count,

        -- booleans
        coalesce(committed.is_current, false) as is_current,

        -- times
        committed.dumped_at,
        coalesce(committed.started_at, last_events.started_at) as started_at,
        committed.completed_at
    from load_ids
    left join committed on load_ids.load_id = committed.load_id
    left join last_events on load_ids.load_id = last_events.load_id
    left join dead_letter_counts on load_ids.load_id = dead_letter_counts.load_id

)

select * from loads
