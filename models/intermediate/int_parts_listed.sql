with

current_loads as (

    select * from {{ ref('int_loads_committed') }}
    where is_current

),

parts as (

    select
        load_id,
        subject,
        load_date,
        -- the raw root is where the commit record itself was found
        regexp_replace(source_file, '/loads/[^/]+/[^/]+$', '') as raw_root,
        {{ json_fields('part_json', ['$.path', '$.records']) }} as fields
    from
        {{ unnested(
            'current_loads', json_elements('parts_json'), 'part_json', 'part_position'
        ) }} as unnested_parts

),

listed as (

    select
        raw_root || '/subject_works/' || {{ json_scalar(list_element('fields', 1)) }}
            as source_file,
        load_id,
        subject,
        load_date,
        {{ json_integer(list_element('fields', 2)) }} as record_count
    from parts

)

select * from listed
