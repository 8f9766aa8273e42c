with

unpacked as (

    {{ unpacked(source('extract', 'dead_letters'), {
        'load_id_json': '$.load_id',
        'subject_json': '$.subject',
        'url_json': '$.url',
        'error_json': '$.error',
        'page_offset_json': '$.offset',
        'page_limit_json': '$.limit',
        'http_status_json': '$.status',
        'attempt_count_json': '$.attempts',
        'failed_at_json': '$.failed_at',
    }) }}

),

typed as (

    select
        -- ids
        {{ json_scalar('load_id_json') }} as load_id,
        source_file,

        -- text
        {{ json_scalar('subject_json') }} as subject,
        {{ json_scalar('url_json') }} as url,
        {{ json_scalar('error_json') }} as error,

        -- numbers
        {{ json_integer('page_offset_json') }} as page_offset,
        {{ json_integer('page_limit_json') }} as page_limit,
        {{ json_integer('http_status_json') }} as http_status,
        {{ json_integer('attempt_count_json') }} as attempt_count,

        -- times
        {{ iso_timestamp(json_scalar('failed_at_json')) }} as failed_at
    from unpacked

)

select * from typed
