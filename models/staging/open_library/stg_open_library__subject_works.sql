with

unpacked as (

    {{ unpacked(source('open_library', 'subject_works'), {
        'page_offset_json': '$.offset',
        'page_position_json': '$.position',
        'fetched_at_json': '$.fetched_at',
        'book_key_json': '$.record.key',
        'title_json': '$.record.title',
        'authors_json': '$.record.authors',
        'first_publish_year_json': '$.record.first_publish_year',
        'edition_count_json': '$.record.edition_count',
        'cover_id_json': '$.record.cover_id',
        'cover_edition_key_json': '$.record.cover_edition_key',
        'has_fulltext_json': '$.record.has_fulltext',
    }) }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,
        try_cast(page_offset_json as bigint) as page_offset,
        try_cast(page_position_json as bigint) as page_position,
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
