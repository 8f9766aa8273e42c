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

spelling_counts as (

    select
        author_key,
        count(*) as name_variant_count,
        min(author_name) as any_name
    from spellings
    group by author_key

),

-- Few authors have several spellings: only those are put in order.
ordered_spellings as (

    select
        spellings.author_key,
        spellings.author_name,
        row_number() over (
            partition by spellings.author_key
            -- by load, not by page: pages come in another order each time
            order by
                spellings.book_count desc,
                spellings.last_load_started_at desc,
                spellings.author_name asc
        ) as spelling_rank
    from spellings
    inner join spelling_counts on spellings.author_key = spelling_counts.author_key
    where spelling_counts.name_variant_count > 1

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
        coalesce(preferred.author_name, spelling_counts.any_name) as author_name,
        coalesce(spelling_counts.name_variant_count, 0) as name_variant_count,
        totals.book_count,
        totals.first_publish_year,
        totals.last_publish_year
    from totals
    left join spelling_counts on totals.author_key = spelling_counts.author_key
    left join ordered_spellings as preferred
        on
            totals.author_key = preferred.author_key
            and preferred.spelling_rank = 1

)

select * from authors
