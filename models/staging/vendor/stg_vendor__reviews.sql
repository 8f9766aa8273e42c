with

unpacked as (

    {{ unpacked(source('vendor', 'vendor_reviews'), {
        'file_row_json': '$.row',
        'landed_at_json': '$.landed_at',
        'review_text_json': '$.record.content.text',
        'rating_json': '$.record.rating.rate',
        'book_title_json': '$.record.books[0].metadata.title',
        'second_book_json': '$.record.books[1]',
        'first_movie_json': '$.record.movies[0].title',
        'second_movie_json': '$.record.movies[1].title',
        'third_movie_json': '$.record.movies[2]',
        'created_at_json': '$.record.created',
        'updated_at_json': '$.record.updated',
        'books_json': '$.record.books',
        'book_object_json': '$.record.books[0]',
        'book_metadata_json': '$.record.books[0].metadata',
        'rating_object_json': '$.record.rating',
        'content_object_json': '$.record.content',
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
        created_at_json,
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
