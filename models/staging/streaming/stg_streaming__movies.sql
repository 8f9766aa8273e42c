with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_texts('line', [
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
        {{ list_element('fields', 1) }} as file_row_text,
        {{ list_element('fields', 2) }} as landed_at_text,
        {{ list_element('fields', 3) }} as title_text,
        {{ list_element('fields', 4) }} as duration_minutes_text,
        {{ list_element('fields', 5) }} as original_language_text,
        {{ list_element('fields', 6) }} as size_mb_text
    from source

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,
        {{ json_integer('file_row_text') }} as file_row,
        {{ iso_timestamp('landed_at_text') }} as landed_at,

        -- the record, by type
        nullif(title_text, '') as title,
        {{ json_integer('duration_minutes_text') }} as duration_minutes,
        nullif(original_language_text, '') as original_language,
        {{ json_number('size_mb_text') }} as size_mb,

        -- as it was sent, for the rules that ask whether there was a value
        line,
        is_json,
        duration_minutes_text,
        size_mb_text
    from unpacked

)

select * from typed
