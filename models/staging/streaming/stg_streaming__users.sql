with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_fields('line', [
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
        {{ list_element('fields', 1) }} as file_row_json,
        {{ list_element('fields', 2) }} as landed_at_json,
        {{ list_element('fields', 3) }} as first_name_json,
        {{ list_element('fields', 4) }} as last_name_json,
        {{ list_element('fields', 5) }} as user_email_json
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
        nullif({{ json_scalar('first_name_json') }}, '') as first_name,
        nullif({{ json_scalar('last_name_json') }}, '') as last_name,
        nullif({{ json_scalar('user_email_json') }}, '') as user_email,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json
    from unpacked

)

select * from typed
