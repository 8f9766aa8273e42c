with

commit_records as (

    select * from {{ ref('stg_extract__loads') }}
    {%- if var('as_of') %}
    where started_at <= {{ iso_timestamp(string_literal(var('as_of'))) }}
    {%- endif %}

),

-- A replay of dead letters amends the commit record of its load: the newest one counts.
ordered_records as (

    select
        *,
        row_number() over (
            partition by load_id
            order by completed_at desc, source_file desc
        ) as record_rank
    from commit_records
    where load_id is not null

),

-- The newest complete load of a subject, or of a set of files, is current; a partial one only if
-- there is no complete one. Of dumps the newest by the day that they are of.
ordered_loads as (

    select
        *,
        row_number() over (
            partition by dataset, subject
            order by
                is_complete desc, dumped_at desc nulls last, started_at desc, load_id desc
        ) as load_rank
    from ordered_records
    where record_rank = 1

),

committed as (

    select
        load_id,
        source_file,
        raw_root,
        load_date,
        dataset,
        subject,
        subject_given,
        subject_name,
        source,
        extract_version,
        promised_count,
        record_count,
        work_count,
        drift_count,
        cast(json_array_length(missing_places_json) as bigint) as missing_count,
        request_count,
        retry_count,
        is_complete,
        load_rank = 1 as is_current,
        dumped_at,
        -- a book is made of a work and its editions: of one alone it could be told only in part
        coalesce(
            dumped_at is not null
            and position('"dump_works"' in files_json) > 0
            and position('"dump_editions"' in files_json) > 0,
            false
        ) as has_dump_books,
        started_at,
        completed_at,
        files_json,
        -- of a subject and of dumps only the current load's parts are read, and a large load lists
        -- thousands
        case
            when load_rank = 1 or (files_json is not null and dumped_at is null) then parts_json
        end as parts_json
    from ordered_loads

)

select * from committed
