with

unpacked as (

    {{ unpacked(source('extract', 'loads'), {
        'load_id_json': '$.load_id',
        'dataset_json': '$.dataset',
        'subject_json': '$.subject',
        'subject_given_json': '$.subject_given',
        'subject_name_json': '$.response.name',
        'source_json': '$.source',
        'extract_version_json': '$.extract_version',
        'missing_places_json': '$.missing_places',
        'parts_json': '$.parts',
        'files_json': '$.files',
        'promised_count_json': '$.promised_count',
        'record_count_json': '$.record_count',
        'work_count_json': '$.work_count',
        'drift_count_json': '$.drift_count',
        'request_count_json': '$.requests',
        'retry_count_json': '$.retries',
        'is_complete_json': '$.is_complete',
        'dump_date_json': '$.dump_date',
        'started_at_json': '$.started_at',
        'completed_at_json': '$.completed_at',
    }) }}

),

typed as (

    select
        -- ids
        {{ json_scalar('load_id_json') }} as load_id,
        source_file,
        -- commit records lie in the raw zone themselves
        regexp_replace(source_file, '/loads/[^/]+/[^/]+$', '') as raw_root,
        load_date,

        -- text
        {{ json_scalar('dataset_json') }} as dataset,
        {{ json_scalar('subject_json') }} as subject,
        {{ json_scalar('subject_given_json') }} as subject_given,
        {{ json_scalar('subject_name_json') }} as subject_name,
        {{ json_scalar('source_json') }} as source,
        {{ json_scalar('extract_version_json') }} as extract_version,
        missing_places_json,
        parts_json,
        files_json,

        -- numbers
        {{ json_integer('promised_count_json') }} as promised_count,
        {{ json_integer('record_count_json') }} as record_count,
        {{ json_integer('work_count_json') }} as work_count,
        {{ json_integer('drift_count_json') }} as drift_count,
        {{ json_integer('request_count_json') }} as request_count,
        {{ json_integer('retry_count_json') }} as retry_count,

        -- booleans
        {{ json_boolean('is_complete_json') }} as is_complete,

        -- times
        -- a dump leaves out what happened after its day
        {{ iso_timestamp(json_scalar('dump_date_json') ~ " || ' 23:59:59'") }} as dumped_at,
        {{ iso_timestamp(json_scalar('started_at_json')) }} as started_at,
        {{ iso_timestamp(json_scalar('completed_at_json')) }} as completed_at
    from unpacked

)

select * from typed
