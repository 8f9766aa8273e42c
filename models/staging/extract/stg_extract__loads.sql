with

source as (

    select
        "$path" as source_file,
        load_date,
        {{ json_fields('line', [
            '$.load_id',
            '$.subject',
            '$.subject_given',
            '$.response.name',
            '$.source',
            '$.is_complete',
            '$.started_at',
            '$.completed_at',
            '$.promised_count',
            '$.record_count',
            '$.work_count',
            '$.drift_count',
            '$.missing_places',
            '$.requests',
            '$.retries',
            '$.extract_version',
            '$.parts',
            '$.dataset',
            '$.files',
        ]) }} as fields
    from {{ source('extract', 'loads') }}

),

typed as (

    select
        -- ids
        {{ json_scalar(list_element('fields', 1)) }} as load_id,
        source_file,
        load_date,

        -- text
        {{ json_scalar(list_element('fields', 18)) }} as dataset,
        {{ json_scalar(list_element('fields', 2)) }} as subject,
        {{ json_scalar(list_element('fields', 3)) }} as subject_given,
        {{ json_scalar(list_element('fields', 4)) }} as subject_name,
        {{ json_scalar(list_element('fields', 5)) }} as source,
        {{ json_scalar(list_element('fields', 16)) }} as extract_version,
        {{ list_element('fields', 13) }} as missing_places_json,
        {{ list_element('fields', 17) }} as parts_json,
        {{ list_element('fields', 19) }} as files_json,

        -- numbers
        {{ json_integer(list_element('fields', 9)) }} as promised_count,
        {{ json_integer(list_element('fields', 10)) }} as record_count,
        {{ json_integer(list_element('fields', 11)) }} as work_count,
        {{ json_integer(list_element('fields', 12)) }} as drift_count,
        {{ json_integer(list_element('fields', 14)) }} as request_count,
        {{ json_integer(list_element('fields', 15)) }} as retry_count,

        -- booleans
        {{ json_boolean(list_element('fields', 6)) }} as is_complete,

        -- times
        {{ iso_timestamp(json_scalar(list_element('fields', 7))) }} as started_at,
        {{ iso_timestamp(json_scalar(list_element('fields', 8))) }} as completed_at
    from source

)

select * from typed
