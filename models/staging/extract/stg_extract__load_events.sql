with

unpacked as (

    {{ unpacked(source('extract', 'load_events'), {
        'load_id_json': '$.load_id',
        'dataset_json': '$.dataset',
        'subject_json': '$.subject',
        'subject_given_json': '$.subject_given',
        'source_json': '$.source',
        'event_json': '$.event',
        'error_type_json': '$.error_type',
        'error_json': '$.error',
        'extract_version_json': '$.extract_version',
        'promised_count_json': '$.promised_count',
        'request_count_json': '$.requests',
        'retry_count_json': '$.retries',
        'started_at_json': '$.started_at',
        'occurred_at_json': '$.occurred_at',
    }) }}

),

typed as (

    select
        -- ids
        {{ json_scalar('load_id_json') }} as load_id,
        source_file,

        -- text
        {{ json_scalar('dataset_json') }} as dataset,
        {{ json_scalar('subject_json') }} as subject,
        {{ json_scalar('subject_given_json') }} as subject_given,
        {{ json_scalar('source_json') }} as source,
        {{ json_scalar('event_json') }} as event,
        {{ json_scalar('error_type_json') }} as error_type,
        {{ json_scalar('error_json') }} as error,
        {{ json_scalar('extract_version_json') }} as extract_version,

        -- numbers
        {{ json_integer('promised_count_json') }} as promised_count,
        {{ json_integer('request_count_json') }} as request_count,
        {{ json_integer('retry_count_json') }} as retry_count,

        -- times
        {{ iso_timestamp(json_scalar('started_at_json')) }} as started_at,
        {{ iso_timestamp(json_scalar('occurred_at_json')) }} as occurred_at
    from unpacked

)

select * from typed
