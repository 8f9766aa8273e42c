with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_fields('line', [
            '$.row',
            '$.landed_at',
            '$.record.name',
            '$.record.author',
            '$.record.publisher',
            '$.record.pages',
        ]) }} as fields
    from {{ source('vendor', 'vendor_books') }}

),

unpacked as (

    select
        line,
        load_date,
        source_file,
        fields is not null as is_json,
        {{ list_element('fields', 1) }} as file_row_json,
        {{ list_element('fields', 2) }} as landed_at_json,
        {{ list_element('fields', 3) }} as book_title_json,
        {{ list_element('fields', 4) }} as author_name_json,
        {{ list_element('fields', 5) }} as publisher_json,
        {{ list_element('fields', 6) }} as page_count_json
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
