{{ config(materialized='view') }}

with

editions as (

    select * from {{ ref('int_dump_editions_checked') }}
    where rejection_reason is null

),

redirects as (

    select * from {{ ref('int_dump_redirects') }}

),

resolved as (

    select
        editions.edition_key,
        case
            when redirects.from_key is null then editions.work_key
            else redirects.to_key
        end as work_key,
        editions.work_key is null as is_orphan,
        editions.title,
        editions.publish_year,
        editions.cover_id,
        editions.covers_json,
        editions.author_keys,
        editions.subjects,
        editions.publish_date,
        editions.isbns_13,
        editions.publishers,
        editions.language_codes,
        editions.page_count,
        editions.physical_format,
        editions.has_scan
    from editions
    left join redirects on editions.work_key = redirects.from_key

)

select * from resolved
