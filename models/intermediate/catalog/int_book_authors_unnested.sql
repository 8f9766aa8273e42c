{%- set author_keys = json_pluck('authors_json', 'key') -%}

with

deduplicated as (

    select * from {{ ref('int_books_deduplicated') }}
    where source = 'api'

),

-- Before the lists are unnested, so that each is examined once, however many authors it has.
books as (

    select
        *,
        case
            when
                position('},' in authors_json) > 0  -- almost all works have one author
                and cardinality(array_distinct({{ author_keys }})) < cardinality({{ author_keys }})
                then {{ author_keys }}
        end as repeating_keys
    from deduplicated

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
        repeating_keys
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
        repeating_keys is null
        or array_position(repeating_keys, '"' || author_key || '"') = author_position

)

select * from unnested
