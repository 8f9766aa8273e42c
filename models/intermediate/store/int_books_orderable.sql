{{ config(materialized='view') }}

with

missing as (

    select book_key from {{ ref('wanted_books') }}
    where not is_sold and not is_perhaps_sold

),

numbered as (

    select
        editions.book_key,
        editions.edition_key,
        editions.isbn_13,
        editions.publish_year,
        editions.languages,
        -- without what stands between ISBNs, and about what is known of one
        translate(
            lower(editions.physical_format), ';' || chr(10) || chr(13) || '()', ', '
        ) as physical_format,
        listed.book_count > 1 as is_shared
    from {{ ref('editions') }} as editions
    inner join {{ ref('isbns') }} as listed
        on
            editions.isbn_13 = listed.isbn_13
            and editions.edition_key = listed.edition_key
    where editions.book_key in (select missing.book_key from missing)

),

newest_first as (

    select
        *,
        row_number() over (
            partition by book_key
            order by is_shared asc, publish_year desc nulls last, edition_key asc
        ) as edition_rank
    from numbered

),

of_kind as (

    select
        *,
        concat_ws(
            ', ',
            languages,
            physical_format,
            cast(publish_year as varchar),
            case when is_shared then 'of several books' end
        ) as kind,
        row_number() over (
            partition by book_key, languages, physical_format order by edition_rank asc
        ) as kind_rank
    from newest_first

),

newest_of_kind as (

    select
        book_key,
        isbn_13,
        {{ value_of_least('edition_rank', 'kind') }} as kind,
        min(edition_rank) as edition_rank
    from of_kind
    where kind_rank = 1
    group by book_key, isbn_13

),

orderable as (

    select
        book_key,
        {{ value_of_least('edition_rank', 'isbn_13') }} as isbn_13,
        {{ list_join(
            "array_agg(isbn_13 || coalesce(' (' || nullif(kind, '') || ')', '')"
            ~ " order by edition_rank)",
            '; ',
        ) }} as isbns_to_order
    from newest_of_kind
    group by book_key

)

select * from orderable
