with

books as (

    select * from {{ ref('int_books_deduplicated') }}

),

listed_authors as (

    select
        book_key,
        first_publish_year,
        load_started_at,
        author_key,
        -- Open Library sends "" for an author without a name
        case when trim(author_name) <> '' then author_name end as author_name,
        author_position
    from
        {{ unnested(
            'books',
            'authors_json',
            {'key': 'author_key', 'name': 'author_name'},
            'author_position'
        ) }} as listed

),

-- A work may list an author twice: the first place counts, and the first spelling that is one.
unnested as (

    select
        author_key,
        book_key,
        cast(min(author_position) as integer) as author_position,
        min_by(author_name, author_position) filter (where author_name is not null) as author_name,
        min(first_publish_year) as first_publish_year,
        min(load_started_at) as load_started_at
    from listed_authors
    group by author_key, book_key

)

select * from unnested
