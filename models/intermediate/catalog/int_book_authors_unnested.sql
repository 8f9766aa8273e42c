{%- set author_keys = json_pluck('authors_json', 'key') -%}

with

books as (

    select * from {{ ref('int_books_deduplicated') }}

),

listed_authors as (

    select
        book_key,
        title,
        first_publish_year,
        load_started_at,
        author_key,
        -- Open Library sends "" for an author without a name
        {{ visible_text('author_name') }} as author_name,
        author_position,
        authors_json
    from
        {{ unnested(
            'books',
            'authors_json',
            {'key': 'author_key', 'name': 'author_name'},
            'author_position'
        ) }} as listed

),

-- A work may list an author twice: the first position counts.
unnested as (

    select
        author_key,
        book_key,
        cast(author_position as integer) as author_position,
        author_name,
        title,
        first_publish_year,
        load_started_at
    from listed_authors
    where
        author_position = 1
        or array_position({{ author_keys }}, '"' || author_key || '"') = author_position

)

select * from unnested
