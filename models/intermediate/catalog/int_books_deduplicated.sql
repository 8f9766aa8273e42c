{{ config(materialized='view') }}

with

works as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

superseded as (

    select * from {{ ref('int_works_superseded') }}

),

deduplicated as (

    select
        book_key,
        title,
        authors_json,
        empty_role_count,
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

)

select * from deduplicated
