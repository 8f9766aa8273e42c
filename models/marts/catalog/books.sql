{#- The API sends authors as JSON, and of the dump they are a list. -#}
{%- set author_keys = json_pluck('deduplicated.authors_json', 'key') -%}

{{ config(partitioned_by=partitions(['truncate(first_publish_year, 10)'])) }}

with

deduplicated as (

    select * from {{ ref('int_books_deduplicated') }}

),

subject_books as (

    select * from {{ ref('subject_books') }}

),

-- Every book of the API has the subject that it was landed under; few have more.
subject_counts as (

    select
        book_key,
        count(*) as subject_count
    from subject_books
    where source = 'api'
    group by book_key
    having count(*) > 1

),

books as (

    select
        -- ids
        deduplicated.book_key,
        deduplicated.cover_edition_key,

        -- text
        deduplicated.title,
        deduplicated.source,
        'https://openlibrary.org' || deduplicated.book_key as open_library_url,

        -- numbers
        deduplicated.first_publish_year,
        deduplicated.first_publish_year_reported,
        deduplicated.edition_count,
        -- an author listed twice counts once; most works list one, and need no look inside
        case
            when position('},{' in deduplicated.authors_json) > 0
                then cast(cardinality(array_distinct({{ author_keys }})) as bigint)
            when position('[{' in deduplicated.authors_json) = 1 then 1
            when cardinality(deduplicated.author_keys) > 1
                then cast(cardinality(array_distinct(deduplicated.author_keys)) as bigint)
            else coalesce(cast(cardinality(deduplicated.author_keys) as bigint), 0)
        end as author_count,
        cast(deduplicated.empty_role_count as bigint) as empty_role_count,
        coalesce(deduplicated.subject_count, subject_counts.subject_count, 1) as subject_count,
        deduplicated.cover_id,

        -- booleans
        deduplicated.has_fulltext,
        deduplicated.book_key like '%M' as is_orphan_edition,

        -- times
        deduplicated.fetched_at
    from deduplicated
    left join subject_counts on deduplicated.book_key = subject_counts.book_key

)

select * from books
