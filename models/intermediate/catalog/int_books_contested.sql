with

works as (

    select
        book_key,
        fetched_at
    from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

dumps as (

    select dumped_at from {{ ref('int_loads_committed') }}
    where is_current and has_dump_books

),

dump_books as (

    select book_key from {{ ref('int_dump_books') }}

),

redirects as (

    select from_key from {{ ref('int_dump_redirects') }}

),

editions as (

    select edition_key from {{ ref('int_dump_editions_resolved') }}
    where not is_orphan

),

-- A book that is an edition without a work has another key as a work than as an edition.
known as (

    select book_key from dump_books
    union all
    select replace(from_key, '/books/', '/works/') as book_key from redirects
    union all
    select replace(edition_key, '/books/', '/works/') as book_key from editions

),

contested as (

    select
        works.book_key,
        max(works.fetched_at) <= dumps.dumped_at as is_outdated
    from works
    inner join known on works.book_key = known.book_key
    cross join dumps
    group by works.book_key, dumps.dumped_at

)

select * from contested
