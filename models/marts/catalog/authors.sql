with

book_authors as (

    select * from {{ ref('int_book_authors_unnested') }}

),

dump_book_authors as (

    select * from {{ ref('int_dump_book_authors') }}

),

dump_authors as (

    select * from {{ ref('int_dump_authors_checked') }}
    where rejection_reason is null

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

dump_totals as (

    select
        author_key,
        count(*) as book_count,
        min(first_publish_year) as first_publish_year,
        max(first_publish_year) as last_publish_year
    from dump_book_authors
    group by author_key

),

-- The dump has one spelling of an author, and it may be one of the API's.
dump_spellings as (

    select
        dump_totals.*,
        dump_authors.author_name,
        case
            when named_spellings.author_key is null then dump_authors.author_name
        end as new_author_name
    from dump_totals
    left join dump_authors on dump_totals.author_key = dump_authors.author_key
    left join named_spellings
        on
            dump_totals.author_key = named_spellings.author_key
            and dump_authors.author_name = named_spellings.author_name

),

all_spellings as (

    select
        author_key,
        author_name as new_author_name,
        cast(null as varchar) as dump_author_name,
        book_count,
        first_publish_year,
        last_publish_year
    from spellings

    union all

    select
        author_key,
        new_author_name,
        author_name as dump_author_name,
        book_count,
        first_publish_year,
        last_publish_year
    from dump_spellings

),

totals as (

    select
        author_key,
        max(dump_author_name) as dump_author_name,
        count(new_author_name) as name_variant_count,
        cast(sum(book_count) as bigint) as book_count,
        min(first_publish_year) as first_publish_year,
        max(last_publish_year) as last_publish_year
    from all_spellings
    group by author_key

),

authors as (

    select
        totals.author_key,
        coalesce(totals.dump_author_name, preferred_spellings.author_name) as author_name,
        totals.name_variant_count,
        totals.book_count,
        totals.first_publish_year,
        totals.last_publish_year
    from totals
    left join preferred_spellings on totals.author_key = preferred_spellings.author_key

)

select * from authors
