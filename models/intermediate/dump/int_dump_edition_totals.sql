with

editions as {{ not_materialized() }} (

    select * from {{ ref('int_dump_editions_resolved') }}
    where work_key is not null

),

works as (

    select * from {{ ref('int_dump_works_checked') }}
    where rejection_reason is null

),

dumps as (

    select extract(year from dumped_at) as dump_year from {{ ref('int_loads_committed') }}
    where is_current and dumped_at is not null

),

-- Numbers apart from texts: DuckDB writes to disk the groups of numbers that exceed its memory, but
-- not those of texts, so there must be few.
totals as (

    select
        editions.work_key,
        count(*) as edition_count,
        min(editions.publish_year) as first_publish_year_reported,
        min(
            case
                when
                    editions.publish_year between {{ var('first_plausible_year') }}
                    and dumps.dump_year + {{ var('plausible_years_ahead') }}
                    then editions.publish_year
            end
        ) as first_publish_year
    from editions
    cross join dumps
    group by editions.work_key

),

covers as (

    select
        work_key,
        min(edition_key) as cover_edition_key,
        {{ value_of_least('edition_key', 'cover_id') }} as cover_id
    from editions
    where cover_id is not null
    group by work_key

),

-- Few works have no title, and only they take one from an edition.
titles as (

    select
        editions.work_key,
        {{ value_of_least('editions.edition_key', 'editions.title') }} as title
    from editions
    inner join works on editions.work_key = works.book_key
    where works.title is null
    group by editions.work_key

),

edition_totals as (

    select
        totals.*,
        titles.title,
        covers.cover_edition_key,
        covers.cover_id
    from totals
    left join titles on totals.work_key = titles.work_key
    left join covers on totals.work_key = covers.work_key

)

select * from edition_totals
