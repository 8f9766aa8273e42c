with

works as {{ not_materialized() }} (

    select
        book_key,
        title,
        author_keys,
        empty_role_count,
        cover_id,
        cast(cardinality(subjects) as bigint) as subject_count
    from {{ ref('int_dump_works_checked') }}
    where rejection_reason is null

),

editions as {{ not_materialized() }} (

    select * from {{ ref('int_dump_editions_resolved') }}

),

totals as {{ not_materialized() }} (

    select * from {{ ref('int_dump_edition_totals') }}

),

relisted as (

    select * from {{ ref('int_dump_authors_relisted') }}

),

dumps as (

    select extract(year from dumped_at) as dump_year from {{ ref('int_loads_committed') }}
    where is_current and has_dump_books

),

-- Of most works with a cover, the first edition that has one has the same.
other_covers as (

    select
        works.book_key,
        works.cover_id
    from works
    inner join totals on works.book_key = totals.work_key
    where works.cover_id <> totals.cover_id

),

cover_editions as (

    select
        editions.work_key,
        min(editions.edition_key) as cover_edition_key
    from editions
    inner join other_covers on editions.work_key = other_covers.book_key
    where
        editions.cover_id is not null
        and {{ has_cover('editions.covers_json', 'other_covers.cover_id') }}
    group by editions.work_key

),

works_with_totals as (

    select
        works.book_key,
        coalesce(works.title, totals.title) as title,
        works.author_keys,
        works.empty_role_count,
        totals.first_publish_year,
        totals.first_publish_year_reported,
        coalesce(totals.edition_count, 0) as edition_count,
        coalesce(works.cover_id, totals.cover_id) as cover_id,
        case
            when coalesce(works.cover_id, totals.cover_id) = totals.cover_id
                then totals.cover_edition_key
            else cover_editions.cover_edition_key
        end as cover_edition_key,
        works.subject_count
    from works
    cross join dumps
    left join totals on works.book_key = totals.work_key
    left join cover_editions on works.book_key = cover_editions.work_key

),

orphans as (

    select
        replace(editions.edition_key, '/books/', '/works/') as book_key,
        editions.title,
        editions.author_keys,
        cast(0 as bigint) as empty_role_count,
        case
            when
                editions.publish_year between {{ var('first_plausible_year') }}
                and dumps.dump_year + {{ var('plausible_years_ahead') }}
                then editions.publish_year
        end as first_publish_year,
        editions.publish_year as first_publish_year_reported,
        cast(1 as bigint) as edition_count,
        editions.cover_id,
        case when editions.cover_id is not null then editions.edition_key end as cover_edition_key,
        cast(cardinality(editions.subjects) as bigint) as subject_count
    from editions
    cross join dumps
    where editions.is_orphan

),

books as (

    select * from works_with_totals
    union all
    select * from orphans

),

titled as (

    select
        books.book_key,
        -- as in the API's answers, where "__None__" stands for no title
        nullif({{ visible_text('books.title') }}, '__None__') as title,
        case when relisted.book_key is null then books.author_keys else relisted.author_keys end
            as author_keys,
        books.empty_role_count,
        books.first_publish_year,
        books.first_publish_year_reported,
        books.edition_count,
        books.cover_id,
        replace(books.cover_edition_key, '/books/', '') as cover_edition_key,
        books.subject_count
    from books
    left join relisted on books.book_key = relisted.book_key

)

select * from titled
