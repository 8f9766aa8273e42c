with

unpacked as (

    {{ unpacked(source('open_library_dump', 'dump_editions'), {
        'key_json': '$.key',
        'works_json': '$.works',
        'work_key_json': '$.works[0].key',
        'title_json': '$.title',
        'publish_date_json': '$.publish_date',
        'ocaid_json': '$.ocaid',
        'covers_json': '$.covers',
        'authors_json': '$.authors',
        'subjects_json': '$.subjects',
        'isbns_10_json': '$.isbn_10',
        'isbns_13_json': '$.isbn_13',
        'publishers_json': '$.publishers',
        'languages_json': '$.languages',
        'page_count_json': '$.number_of_pages',
        'physical_format_json': '$.physical_format',
    }, json=dump_json('line')) }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,

        -- the record, by type
        {{ json_scalar('key_json') }} as edition_key,
        {{ json_scalar('work_key_json') }} as work_key,
        {{ json_scalar('title_json') }} as title,
        {{ json_scalar('publish_date_json') }} as publish_date,
        {{ json_scalar('physical_format_json') }} as physical_format,
        {{ json_integer('page_count_json') }} as page_count,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        key_json,
        works_json,
        work_key_json,
        title_json,
        publish_date_json,
        ocaid_json,
        covers_json,
        authors_json,
        subjects_json,
        isbns_10_json,
        isbns_13_json,
        publishers_json,
        languages_json
    from unpacked

)

select * from typed
