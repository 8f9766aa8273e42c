with

works as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

-- Pages overlap and a work has several subjects. The newest fetch wins, then the newest load.
ordered as (

    select
        *,
        row_number() over (
            partition by book_key
            order by fetched_at desc, load_id desc, page_offset asc, page_position asc
        ) as fetch_rank
    from works

),

deduplicated as (

    select
        book_key,
        title,
        authors_json,
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
        fetched_at
    from ordered
    where fetch_rank = 1

)

select * from deduplicated
