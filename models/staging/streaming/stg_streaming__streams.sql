with

unpacked as (

    {{ unpacked(source('streaming', 'streams'), {
        'file_row_text': '$.row',
        'landed_at_text': '$.landed_at',
        'movie_title_text': '$.record.movie_title',
        'user_email_text': '$.record.user_email',
        'size_mb_text': '$.record.size_mb',
        'started_at_text': '$.record.start_at',
        'ended_at_text': '$.record.end_at',
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
