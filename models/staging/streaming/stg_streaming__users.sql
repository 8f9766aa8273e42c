with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_texts('line', [
            '$.row',
            '$.landed_at',
            '$.record.first_name',
            '$.record.last_name',
            '$.record.email',
        ]) }} as fields
    from {{ source('streaming', 'users') }}

),

unpacked as (

    select
        line,
        load_date,
        source_file,
        fields is not null as is_json,
        {{ list_element('fields', 1) }} as file_row_text,
        {{ list_element('fields', 2) }} as landed_at_text,
        {{ list_element('fields', 3) }} as first_name_text,
        {{ list_element('fields', 4) }} as last_name_text,
        {{ list_element('fields', 5) }} as user_email_text
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
        nullif(first_name_text, '') as first_name,
        nullif(last_name_text, '') as last_name,
        nullif(user_email_text, '') as user_email,

        -- as it was sent, for the rules that ask whether there was a value
        line,
        is_json
    from unpacked

)

select * from typed
