{{ config(materialized='view') }}

with

works as (

    select
        book_key,
        subjects
    from {{ ref('int_dump_works_checked') }}
    where rejection_reason is null

),

orphans as (

    select
        replace(edition_key, '/books/', '/works/') as book_key,
        subjects
    from {{ ref('int_dump_editions_resolved') }}
    where is_orphan

),

dumps as (

    select load_id from {{ ref('int_loads_committed') }}
    where is_current and has_dump_books

),

listed as (

    select * from works
    union all
    select * from orphans

),

books as (

    select
        listed.book_key,
        listed.subjects
    from listed
    cross join dumps

),

unnested as (

    select
        subject,
        book_key
    from {{ unnested_list('books', 'subjects', 'subject', 'subject_position') }} as unnested

)

select * from unnested
