with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_fields('line', [
            '$.row',
            '$.landed_at',
            '$.record.title',
            '$.record.duration_mins',
            '$.record.original_language',
            '$.record.size_mb',
        ]) }} as fields
    from {{ source('streaming', 'movies') }}

),

unpacked as (

    select
        line,
        load_date,
        source_file,
        fields is not null as is_json,
        {{ list_element('fields', 1) }} as file_row_json,
        {{ list_element('fields', 2) }} as landed_at_json,
        {{ list_element('fields', 3) }} as title_json,
        {{ list_element('fields', 4) }} as duration_minutes_json,
        {{ list_element('fields', 5) }} as original_language_json,
        {{ list_element('fields', 6) }} as size_mb_json
    from source

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,
        {{ json_integer('file_row_json') }} as file_row,
        {{ iso_timestamp(json_scalar('landed_at_json')) }} as landed_at,

        -- the record, by type
        nullif({{ json_scalar('title_json') }}, '') as title,
        {{ json_integer('duration_minutes_json') }} as duration_minutes,
        nullif({{ json_scalar('original_language_json') }}, '') as original_language,
        {{ json_number('size_mb_json') }} as size_mb,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        duration_minutes_json,
        size_mb_json
    from unpacked

)

select * from typed
