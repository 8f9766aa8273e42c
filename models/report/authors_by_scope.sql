with

author_years as (

    select * from {{ ref('author_years_by_scope') }}

),

authors as (

    select * from {{ ref('authors') }}

),

totals as (

    select
        scope,
        author_key,
        cast(sum(book_count) as bigint) as book_count,
        cast(
            sum(case when first_publish_year is not null then book_count else 0 end) as bigint
        ) as dated_book_count,
        count(first_publish_year) as active_year_count,
        min(first_publish_year) as first_publish_year,
        max(first_publish_year) as last_publish_year
    from author_years
    group by scope, author_key

),

authors_by_scope as (

    select
        totals.*,
        authors.author_name,
        row_number() over (
            partition by totals.scope
            order by totals.book_count desc, authors.author_name asc, totals.author_key asc
        ) as author_rank
    from totals
    inner join authors on totals.author_key = authors.author_key

)

select * from authors_by_scope
