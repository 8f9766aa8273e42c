with

editions as (

    select * from {{ ref('int_dump_editions_resolved') }}
    where work_key is not null

),

works as (

    select * from {{ ref('int_dump_works_checked') }}
    where rejection_reason is null

),

dumps as (

    select dumped_at from {{ ref('int_loads_committed') }}
    where is_current and dumped_at is not null

),

-- Few works have none, and only they take one from an edition.
untitled as (

    select book_key from works
    where title is null

),

totals as (

    select
        editions.work_key,
        count(*) as edition_count,
        min(editions.publish_year) as first_publish_year_reported,
        min(
            case
                when
                    editions.publish_year between {{ var('first_plausible_year') }}
                    and extract(year from dumps.dumped_at) + {{ var('plausible_years_ahead') }}
                    then editions.publish_year
            end
        ) as first_publish_year,
        {{ value_of_least(
            'editions.edition_key', 'case when untitled.book_key is not null then editions.title end'
        ) }} as title,
        min(editions.edition_key) filter (
            where editions.cover_id is not null
        ) as cover_edition_key,
        {{ value_of_least('editions.edition_key', 'editions.cover_id') }} as cover_id,
        count(editions.cover_id) as covered_edition_count
    from editions
    cross join dumps
    left join untitled on editions.work_key = untitled.book_key
    group by editions.work_key

)

select * from totals
