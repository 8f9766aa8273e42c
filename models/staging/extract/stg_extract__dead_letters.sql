with

source as (

    select
        "$path" as source_file,
        {{ json_fields('line', [
            '$.load_id',
            '$.subject',
            '$.offset',
            '$.limit',
            '$.url',
            '$.status',
            '$.error',
            '$.attempts',
            '$.failed_at',
        ]) }} as fields
    from {{ source('extract', 'dead_letters') }}

),

typed as (

    select
        -- ids
        {{ json_scalar(list_element('fields', 1)) }} as load_id,
        source_file,

        -- text
        {{ json_scalar(list_element('fields', 2)) }} as subject,
        {{ json_scalar(list_element('fields', 5)) }} as url,
        {{ json_scalar(list_element('fields', 7)) }} as error,

        -- numbers
        {{ json_integer(list_element('fields', 3)) }} as page_offset,
        {{ json_integer(list_element('fields', 4)) }} as page_limit,
        {{ json_integer(list_element('fields', 6)) }} as http_status,
        {{ json_integer(list_element('fields', 8)) }} as attempt_count,

        -- times
        {{ iso_timestamp(json_scalar(list_element('fields', 9))) }} as failed_at
    from source

)

select * from typed
