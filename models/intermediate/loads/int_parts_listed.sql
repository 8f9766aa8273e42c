with

current_loads as (

    select * from {{ ref('int_loads_committed') }}
    where is_current and subject is not null

),

parts as (

    select
        load_id,
        subject,
        load_date,
        started_at as load_started_at,
        raw_root,
        part_path,
        part_record_count
    from
        {{ unnested(
            'current_loads',
            'parts_json',
            {'path': 'part_path', 'records': 'part_record_count'},
            'part_position'
        ) }} as listed

),

listed as (

    select
        raw_root || '/subject_works/' || part_path as source_file,
        load_id,
        subject,
        load_date,
        load_started_at,
        cast(part_record_count as bigint) as record_count
    from parts

)

select * from listed
