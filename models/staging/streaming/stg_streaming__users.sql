with

unpacked as (

    {{ unpacked(source('streaming', 'users'), {
        'file_row_text': '$.row',
        'landed_at_text': '$.landed_at',
        'first_name_text': '$.record.first_name',
        'last_name_text': '$.record.last_name',
        'user_email_text': '$.record.email',
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
        nullif(first_name_text, '') as first_name,
        nullif(last_name_text, '') as last_name,
        nullif(user_email_text, '') as user_email,

        -- as it was sent, for the rules that ask whether there was a value
        line,
        is_json
    from unpacked

)

select * from typed
