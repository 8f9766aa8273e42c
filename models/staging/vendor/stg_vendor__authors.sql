with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_fields('line', [
            '$.row',
            '$.landed_at',
            '$.record.metadata.name',
            '$.record.metadata.birth_date',
            '$.record.metadata.died_at',
            '$.record.nationalities[0].label',
            '$.record.nationalities[0].slug',
            '$.record.nationalities[1].label',
            '$.record.nationalities[1].slug',
            '$.record.nationalities[2]',
            '$.record.nationalities',
            '$.record.nationalities[0]',
            '$.record.nationalities[1]',
        ]) }} as fields
    from {{ source('vendor', 'vendor_authors') }}

),

unpacked as (

    select
        line,
        load_date,
        source_file,
        fields is not null as is_json,
        {{ list_element('fields', 1) }} as file_row_json,
        {{ list_element('fields', 2) }} as landed_at_json,
        {{ list_element('fields', 3) }} as author_name_json,
        {{ list_element('fields', 4) }} as birth_date_json,
        {{ list_element('fields', 5) }} as death_date_json,
        {{ list_element('fields', 6) }} as first_nationality_json,
        {{ list_element('fields', 7) }} as first_nationality_slug_json,
        {{ list_element('fields', 8) }} as second_nationality_json,
        {{ list_element('fields', 9) }} as second_nationality_slug_json,
        {{ list_element('fields', 10) }} as third_nationality_json,
        {{ list_element('fields', 11) }} as nationalities_json,
        {{ list_element('fields', 12) }} as first_nationality_object_json,
        {{ list_element('fields', 13) }} as second_nationality_object_json
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
        nullif({{ json_scalar('author_name_json') }}, '') as author_name,
        cast({{ offset_timestamp(json_scalar('birth_date_json')) }} as date) as birth_date,
        cast({{ offset_timestamp(json_scalar('death_date_json')) }} as date) as death_date,
        nullif({{ json_scalar('first_nationality_json') }}, '') as first_nationality,
        nullif({{ json_scalar('first_nationality_slug_json') }}, '') as first_nationality_slug,
        nullif({{ json_scalar('second_nationality_json') }}, '') as second_nationality,
        nullif({{ json_scalar('second_nationality_slug_json') }}, '') as second_nationality_slug,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        author_name_json,
        birth_date_json,
        death_date_json,
        nationalities_json,
        third_nationality_json,
        first_nationality_object_json,
        first_nationality_json,
        first_nationality_slug_json,
        second_nationality_object_json,
        second_nationality_json,
        second_nationality_slug_json
    from unpacked

)

select * from typed
