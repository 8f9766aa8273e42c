with

unpacked as (

    {{ unpacked(source('vendor', 'vendor_books'), {
        'file_row_json': '$.row',
        'landed_at_json': '$.landed_at',
        'book_title_json': '$.record.name',
        'author_name_json': '$.record.author',
        'publisher_json': '$.record.publisher',
        'page_count_json': '$.record.pages',
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
        nullif({{ json_scalar('book_title_json') }}, '') as book_title,
        nullif({{ json_scalar('author_name_json') }}, '') as author_name,
        nullif({{ json_scalar('publisher_json') }}, '') as publisher,
        {{ json_integer('page_count_json') }} as page_count,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        book_title_json,
        author_name_json,
        publisher_json,
        page_count_json
    from unpacked

)

select * from typed
