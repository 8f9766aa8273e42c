with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_fields('line', [
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
        {{ list_element('fields', 1) }} as file_row_json,
        {{ list_element('fields', 2) }} as landed_at_json,
        {{ list_element('fields', 3) }} as movie_title_json,
        {{ list_element('fields', 4) }} as user_email_json,
        {{ list_element('fields', 5) }} as size_mb_json,
        {{ list_element('fields', 6) }} as started_at_json,
        {{ list_element('fields', 7) }} as ended_at_json
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
        nullif({{ json_scalar('movie_title_json') }}, '') as movie_title,
        nullif({{ json_scalar('user_email_json') }}, '') as user_email,
        {{ json_number('size_mb_json') }} as size_mb,
        {{ offset_timestamp(json_scalar('started_at_json')) }} as started_at,
        {{ offset_timestamp(json_scalar('ended_at_json')) }} as ended_at,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        size_mb_json
    from unpacked

)

select * from typed
