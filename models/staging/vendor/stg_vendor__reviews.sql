with

source as (

    select
        nullif(line, '') as line,
        load_date,
        "$path" as source_file,
        {{ json_fields('line', [
            '$.row',
            '$.landed_at',
            '$.record.content.text',
            '$.record.rating.rate',
            '$.record.books[0].metadata.title',
            '$.record.books[1]',
            '$.record.movies[0].title',
            '$.record.movies[1].title',
            '$.record.movies[2]',
            '$.record.created',
            '$.record.updated',
            '$.record.books',
            '$.record.books[0]',
            '$.record.books[0].metadata',
            '$.record.rating',
            '$.record.content',
        ]) }} as fields
    from {{ source('vendor', 'vendor_reviews') }}

),

unpacked as (

    select
        line,
        load_date,
        source_file,
        fields is not null as is_json,
        {{ list_element('fields', 1) }} as file_row_json,
        {{ list_element('fields', 2) }} as landed_at_json,
        {{ list_element('fields', 3) }} as review_text_json,
        {{ list_element('fields', 4) }} as rating_json,
        {{ list_element('fields', 5) }} as book_title_json,
        {{ list_element('fields', 6) }} as second_book_json,
        {{ list_element('fields', 7) }} as first_movie_json,
        {{ list_element('fields', 8) }} as second_movie_json,
        {{ list_element('fields', 9) }} as third_movie_json,
        {{ list_element('fields', 10) }} as created_at_json,
        {{ list_element('fields', 11) }} as updated_at_json,
        {{ list_element('fields', 12) }} as books_json,
        {{ list_element('fields', 13) }} as book_object_json,
        {{ list_element('fields', 14) }} as book_metadata_json,
        {{ list_element('fields', 15) }} as rating_object_json,
        {{ list_element('fields', 16) }} as content_object_json
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
        nullif({{ json_scalar('review_text_json') }}, '') as review_text,
        {{ json_integer('rating_json') }} as rating,
        nullif({{ json_scalar('book_title_json') }}, '') as book_title,
        nullif({{ json_scalar('first_movie_json') }}, '') as first_movie,
        nullif({{ json_scalar('second_movie_json') }}, '') as second_movie,
        {{ offset_timestamp(json_scalar('created_at_json')) }} as created_at,
        {{ offset_timestamp(json_scalar('updated_at_json')) }} as updated_at,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        rating_json,
        updated_at_json,
        books_json,
        book_object_json,
        book_metadata_json,
        book_title_json,
        second_book_json,
        third_movie_json,
        rating_object_json,
        content_object_json,
        review_text_json
    from unpacked

)

select * from typed
