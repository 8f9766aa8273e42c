with

loads as (

    select
        load_id,
        load_date,
        started_at as load_started_at,
        raw_root,
        parts_json
    from {{ ref('int_loads_committed') }}
    where files_json is not null

),

-- A file holds all records of its dataset, so only the current load's counts. A file of an
-- incremental dataset adds records, but none when it is landed again unchanged.
files as (

    select * from {{ ref('int_files_listed') }}
    where
        case
            when dataset in ('{{ received_datasets(is_incremental=true) | join("', '") }}')
                then is_changed
            else is_current
        end

),

parts as (

    select * from
        {{ unnested(
            'loads',
            'parts_json',
            {'dataset': 'dataset', 'path': 'part_path', 'records': 'part_record_count'},
            'part_position'
        ) }} as listed

),

listed as (

    select
        parts.raw_root || '/' || parts.dataset || '/' || parts.part_path as source_file,
        parts.dataset,
        parts.load_id,
        parts.load_date,
        parts.load_started_at,
        cast(parts.part_record_count as bigint) as record_count
    from parts
    inner join files
        on
            parts.load_id = files.load_id
            and parts.dataset = files.dataset

)

select * from listed
