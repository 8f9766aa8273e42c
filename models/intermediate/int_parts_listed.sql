with

current_loads as (

    select * from {{ ref('int_loads_committed') }}
    where is_current

),

parts as (

    select
        current_loads.load_id,
        current_loads.subject,
        current_loads.load_date,
        -- the raw root is where the commit record itself was found
        regexp_replace(current_loads.source_file, '/loads/[^/]+/[^/]+$', '') as raw_root,
        {{ json_fields('part.json', ['$.path', '$.records']) }} as fields
    from current_loads
    cross join unnest({{ json_elements('current_loads.parts_json') }}) as part (json)

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
