with

works as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

-- Pages overlap and a work has several subjects, but few works come more than once: only those are
-- put in order, which spares sorting the rest.
repeated as (

    select book_key
    from works
    group by book_key
    having count(*) > 1

),

-- The newest fetch wins, then the newest load, then the first place in it.
ordered as (

    select
        load_id,
        page_offset,
        page_position,
        row_number() over (
            partition by book_key
            order by fetched_at desc, load_id desc, page_offset asc, page_position asc
        ) as fetch_rank
    from works
    where book_key in (select repeated.book_key from repeated)

),

superseded as (

    select * from ordered
    where fetch_rank > 1

),

deduplicated as (

    select
        works.book_key,
        works.title,
        works.authors_json,
        case
            when
                works.first_publish_year_reported between {{ var('first_plausible_year') }}
                and extract(year from works.fetched_at) + {{ var('plausible_years_ahead') }}
                then cast(works.first_publish_year_reported as integer)
        end as first_publish_year,
        works.first_publish_year_reported,
        works.edition_count,
        works.cover_id,
        works.cover_edition_key,
        works.has_fulltext,
        works.fetched_at
    from works
    left join superseded
        on
            works.load_id = superseded.load_id
            and works.page_offset = superseded.page_offset
            and works.page_position = superseded.page_position
    where superseded.load_id is null

)

select * from deduplicated
