{{ config(materialized='view') }}

with

editions as (

    select
        *,
        case
            when is_orphan then replace(edition_key, '/books/', '/works/')
            else work_key
        end as listed_key
    from {{ ref('int_dump_editions_resolved') }}

),

unknown as (

    select * from {{ ref('int_dump_books_unknown') }}

),

dumps as (

    select extract(year from dumped_at) as dump_year from {{ ref('int_loads_committed') }}
    where is_current and dumped_at is not null

),

placed as (

    select
        editions.edition_key,
        case when unknown.book_key is null then editions.listed_key end as book_key,
        {{ visible_text('editions.title') }} as title,
        nullif(editions.publish_date, '') as publish_date,
        case
            when
                editions.publish_year between {{ var('first_plausible_year') }}
                and dumps.dump_year + {{ var('plausible_years_ahead') }}
                then editions.publish_year
        end as publish_year,
        editions.isbns_13,
        editions.publishers,
        editions.language_codes,
        editions.page_count,
        editions.physical_format,
        editions.has_scan
    from editions
    cross join dumps
    left join unknown on editions.listed_key = unknown.book_key

)

select * from placed
