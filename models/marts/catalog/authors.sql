with

book_authors as (

    select * from {{ ref('int_book_authors_unnested') }}

),

spellings as (

    select
        author_key,
        author_name,
        count(*) as book_count,
        min(first_publish_year) as first_publish_year,
        max(first_publish_year) as last_publish_year,
        max(load_started_at) as last_load_started_at
    from book_authors
    group by author_key, author_name

),

named_spellings as (

    select * from spellings
    where author_name is not null

),

-- By load, not by page: the order in which pages arrive is never the same.
preferred_spellings as (

    {{ newest_rows(
        'named_spellings',
        row_key=['author_key', 'author_name'],
        partition_by=['author_key'],
        order_by=[
            'book_count desc',
            'last_load_started_at desc',
            'author_name asc',
        ],
    ) }}

),

totals as (

    select
        author_key,
        count(author_name) as name_variant_count,
        cast(sum(book_count) as bigint) as book_count,
        min(first_publish_year) as first_publish_year,
        max(last_publish_year) as last_publish_year
    from spellings
    group by author_key

),

authors as (

    select
        totals.author_key,
        preferred_spellings.author_name,
        totals.name_variant_count,
        totals.book_count,
        totals.first_publish_year,
        totals.last_publish_year
    from totals
    left join preferred_spellings on totals.author_key = preferred_spellings.author_key

)

select * from authors
