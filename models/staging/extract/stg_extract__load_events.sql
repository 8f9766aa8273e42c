with

source as (

    select
        "$path" as source_file,
        {{ json_fields('line', [
            '$.load_id',
            '$.subject',
            '$.subject_given',
            '$.source',
            '$.event',
            '$.started_at',
            '$.occurred_at',
            '$.promised_count',
            '$.requests',
            '$.retries',
            '$.error_type',
            '$.error',
            '$.extract_version',
            '$.dataset',
        ]) }} as fields
    from {{ source('extract', 'load_events') }}

),

typed as (

    select
        -- ids
        {{ json_scalar(list_element('fields', 1)) }} as load_id,
        source_file,

        -- text
        {{ json_scalar(list_element('fields', 14)) }} as dataset,
        {{ json_scalar(list_element('fields', 2)) }} as subject,
        {{ json_scalar(list_element('fields', 3)) }} as subject_given,
        {{ json_scalar(list_element('fields', 4)) }} as source,
        {{ json_scalar(list_element('fields', 5)) }} as event,
        {{ json_scalar(list_element('fields', 11)) }} as error_type,
        {{ json_scalar(list_element('fields', 12)) }} as error,
        {{ json_scalar(list_element('fields', 13)) }} as extract_version,

        -- numbers
        {{ json_integer(list_element('fields', 8)) }} as promised_count,
        {{ json_integer(list_element('fields', 9)) }} as request_count,
        {{ json_integer(list_element('fields', 10)) }} as retry_count,

        -- times
        {{ iso_timestamp(json_scalar(list_element('fields', 6))) }} as started_at,
        {{ iso_timestamp(json_scalar(list_element('fields', 7))) }} as occurred_at
    from source

)

select * from typed
