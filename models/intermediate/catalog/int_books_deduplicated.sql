{{ config(materialized='view') }}

with

works as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

superseded as (

    select * from {{ ref('int_works_superseded') }}

),

contested as (

    select * from {{ ref('int_books_contested') }}

),

dumps as (

    select * from {{ ref('int_loads_committed') }}
    where is_current and dumped_at is not null

),

of_the_api as (

    select
        book_key,
        cast('api' as varchar) as source,
        title,
        authors_json,
        cast(null as {{ text_list_type() }}) as author_keys,
        empty_role_count,
        cast(null as bigint) as subject_count,
        case
            when
                first_publish_year_reported between {{ var('first_plausible_year') }}
                and extract(year from fetched_at) + {{ var('plausible_years_ahead') }}
                then cast(first_publish_year_reported as integer)
        end as first_publish_year,
        first_publish_year_reported,
        edition_count,
        cover_id,
        cover_edition_key,
        has_fulltext,
        fetched_at,
        load_started_at
    from works
    where not exists (
        select superseded.load_id
        from superseded
        where
            superseded.load_id = works.load_id
            and superseded.page_offset = works.page_offset
            and superseded.page_position = works.page_position
    )
    and not exists (
        select contested.book_key
        from contested
        where
            contested.book_key = works.book_key
            and contested.is_outdated
    )

),

of_the_dump as (

    select
        books.book_key,
        cast('dump' as varchar) as source,
        books.title,
        cast(null as varchar) as authors_json,
        books.author_keys,
        books.empty_role_count,
        books.subject_count,
        books.first_publish_year,
        books.first_publish_year_reported,
        books.edition_count,
        books.cover_id,
        books.cover_edition_key,
        cast(null as boolean) as has_fulltext,
        dumps.dumped_at as fetched_at,
        dumps.started_at as load_started_at
    from {{ ref('int_dump_books') }} as books
    cross join dumps
    where not exists (
        select contested.book_key
        from contested
        where
            contested.book_key = books.book_key
            and not contested.is_outdated
    )

),

deduplicated as (

    select * from of_the_api
    union all
    select * from of_the_dump

)

select * from deduplicated
