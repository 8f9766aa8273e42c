{{ config(partitioned_by=partitions(['bucket(subject, 32)'])) }}

with

works as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

contested as (

    select * from {{ ref('int_books_contested') }}

),

dump_subjects as (

    select * from {{ ref('int_dump_subjects_unnested') }}

),

of_the_api as (

    select distinct
        subject,
        book_key
    from works
    where not exists (
        select contested.book_key
        from contested
        where
            contested.book_key = works.book_key
            and contested.is_outdated
    )

),

subject_books as (

    select
        subject,
        book_key,
        'api' as source
    from of_the_api

    union all

    select
        dump_subjects.subject,
        dump_subjects.book_key,
        'dump' as source
    from dump_subjects
    where not exists (
        select contested.book_key
        from contested
        where
            contested.book_key = dump_subjects.book_key
            and not contested.is_outdated
    )

)

select * from subject_books
