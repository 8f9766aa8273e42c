{{ config(partitioned_by=partitions(['bucket(author_key, 32)'])) }}

with

book_authors as (

    select * from {{ ref('int_book_authors_unnested') }}

),

dump_book_authors as (

    select * from {{ ref('int_dump_book_authors') }}

),

author_books as (

    select
        author_key,
        book_key,
        author_position,
        first_publish_year,
        title
    from book_authors

    union all

    select
        author_key,
        book_key,
        author_position,
        first_publish_year,
        title
    from dump_book_authors

)

select * from author_books
