with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_texts('line', [
            '$.row',
            '$.landed_at',
            '$.record.movie_title',
            '$.record.user_email',
            '$.record.size_mb',
            '$.record.start_at',
            '$.record.end_at',
        ]) }} as fields
    from {{ source('streaming', 'streams') }}

),

unpacked as (

    select
        line,
        load_date,
        source_file,
        fields is not null as is_json,
        {{ list_element('fields', 1) }} as file_row_text,
        {{ list_element('fields', 2) }} as landed_at_text,
        {{ list_element('fields', 3) }} as movie_title_text,
        {{ list_element('fields', 4) }} as user_email_text,
        {{ list_element('fields', 5) }} as size_mb_text,
        {{ list_element('fields', 6) }} as started_at_text,
        {{ list_element('fields', 7) }} as ended_at_text
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
        nullif(movie_title_text, '') as movie_title,
        nullif(user_email_text, '') as user_email,
        {{ json_number('size_mb_text') }} as size_mb,
        {{ offset_timestamp('started_at_text') }} as started_at,
        {{ offset_timestamp('ended_at_text') }} as ended_at,

        -- as it was sent, for the rules that ask whether there was a value
        line,
        is_json,
        size_mb_text
    from unpacked

)

select * from typed
