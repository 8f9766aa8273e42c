with

source as (

    select
        -- an empty line is no text, on every engine
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_fields('line', [
            '$.offset',
            '$.position',
            '$.fetched_at',
            '$.record.key',
            '$.record.title',
            '$.record.authors',
            '$.record.first_publish_year',
            '$.record.edition_count',
            '$.record.cover_id',
            '$.record.cover_edition_key',
            '$.record.has_fulltext',
        ]) }} as fields
    from {{ source('open_library', 'subject_works') }}

),

unpacked as (

    select
        line,
        load_date,
        source_file,
        fields is not null as is_json,
        {{ list_element('fields', 1) }} as page_offset_json,
        {{ list_element('fields', 2) }} as page_position_json,
        {{ list_element('fields', 3) }} as fetched_at_json,
        {{ list_element('fields', 4) }} as book_key_json,
        {{ list_element('fields', 5) }} as title_json,
        {{ list_element('fields', 6) }} as authors_json,
        {{ list_element('fields', 7) }} as first_publish_year_json,
        {{ list_element('fields', 8) }} as edition_count_json,
        {{ list_element('fields', 9) }} as cover_id_json,
        {{ list_element('fields', 10) }} as cover_edition_key_json,
        {{ list_element('fields', 11) }} as has_fulltext_json
    from source

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,
        {{ json_integer('page_offset_json') }} as page_offset,
        {{ json_integer('page_position_json') }} as page_position,
        {{ iso_timestamp(json_scalar('fetched_at_json')) }} as fetched_at,

        -- the record, by type
        {{ json_scalar('book_key_json') }} as book_key,
        {{ json_scalar('title_json') }} as title,
        {{ json_scalar('cover_edition_key_json') }} as cover_edition_key,
        {{ json_integer('first_publish_year_json') }} as first_publish_year,
        {{ json_integer('edition_count_json') }} as edition_count,
        {{ json_integer('cover_id_json') }} as cover_id,
        {{ json_boolean('has_fulltext_json') }} as has_fulltext,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        book_key_json,
        title_json,
        authors_json,
        first_publish_year_json,
        edition_count_json,
        cover_id_json
    from unpacked

)

select * from typed
