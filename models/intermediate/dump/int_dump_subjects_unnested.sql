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

books as (

    select * from works
    union all
    select * from orphans

),

unnested as (

    select
        subject,
        book_key
    from {{ unnested_list('books', 'subjects', 'subject', 'subject_position') }} as listed

)

select * from unnested
