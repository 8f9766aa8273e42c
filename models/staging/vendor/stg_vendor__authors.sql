with

unpacked as (

    {{ unpacked(source('vendor', 'vendor_authors'), {
        'file_row_json': '$.row',
        'landed_at_json': '$.landed_at',
        'author_name_json': '$.record.metadata.name',
        'birth_date_json': '$.record.metadata.birth_date',
        'death_date_json': '$.record.metadata.died_at',
        'first_nationality_json': '$.record.nationalities[0].label',
        'first_nationality_slug_json': '$.record.nationalities[0].slug',
        'second_nationality_json': '$.record.nationalities[1].label',
        'second_nationality_slug_json': '$.record.nationalities[1].slug',
        'third_nationality_json': '$.record.nationalities[2]',
        'nationalities_json': '$.record.nationalities',
        'first_nationality_object_json': '$.record.nationalities[0]',
        'second_nationality_object_json': '$.record.nationalities[1]',
    }) }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,
        try_cast(file_row_json as bigint) as file_row,
        {{ iso_timestamp(json_scalar('landed_at_json')) }} as landed_at,

        -- the record, by type
        nullif({{ json_scalar('author_name_json') }}, '') as author_name,
        {{ written_date(json_scalar('birth_date_json')) }} as birth_date,
        {{ written_date(json_scalar('death_date_json')) }} as death_date,
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
