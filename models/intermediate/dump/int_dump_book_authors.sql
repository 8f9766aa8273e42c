{{ config(materialized='view') }}

with

contested as (

    select * from {{ ref('int_books_contested') }}
    where not is_outdated

),

books as (

    select
        book_key,
        title,
        first_publish_year,
        author_keys,
        cardinality(author_keys) > 1
        and cardinality(array_distinct(author_keys)) < cardinality(author_keys) as has_repeated
    from {{ ref('int_dump_books') }}
    where
        author_keys is not null
        and book_key not in (select contested.book_key from contested)

),

listed as (

    select * from
        {{ unnested_list('books', 'author_keys', 'author_key', 'author_position') }} as unnested

),

-- A work may list an author twice, or two that have become one: the first position counts.
unnested as (

    select
        author_key,
        book_key,
        cast(author_position as integer) as author_position,
        title,
        first_publish_year
    from listed
    where
        not has_repeated
        or array_position(author_keys, author_key) = author_position

)

select * from unnested
