with

unpacked as (

    {{ unpacked(source('streaming', 'movies'), {
        'file_row_text': '$.row',
        'landed_at_text': '$.landed_at',
        'title_text': '$.record.title',
        'duration_minutes_text': '$.record.duration_mins',
        'original_language_text': '$.record.original_language',
        'size_mb_text': '$.record.size_mb',
    }, as_text=true) }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,
        try_cast(file_row_text as bigint) as file_row,
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
