with

book_authors as (

    select * from {{ ref('int_book_authors_unnested') }}

),

spellings as (

    select
        author_key,
        author_name,
        count(*) as book_count,
        max(load_started_at) as last_load_started_at
    from book_authors
    where author_name is not null
    group by author_key, author_name

),

ordered_spellings as (

    select
        author_key,
        author_name,
        row_number() over (
            partition by author_key
            -- by load, not by page: pages come in another order each time
            order by book_count desc, last_load_started_at desc, author_name asc
        ) as spelling_rank,
        count(*) over (partition by author_key) as name_variant_count
    from spellings

),

totals as (

    select
        author_key,
        count(*) as book_count,
        min(first_publish_year) as first_publish_year,
        max(first_publish_year) as last_publish_year
    from book_authors
    group by author_key

),

authors as (

    select
        totals.author_key,
        preferred.author_name,
        coalesce(preferred.name_variant_count, 0) as name_variant_count,
        totals.book_count,
        totals.first_publish_year,
        totals.last_publish_year
    from totals
    left join ordered_spellings as preferred
        on
            totals.author_key = preferred.author_key
            and preferred.spelling_rank = 1

)

select * from authors
