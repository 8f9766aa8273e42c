with

author_years as (

    select * from {{ ref('books_per_author_per_year') }}

),

authors as (

    select * from {{ ref('authors') }}

),

totals as (

    select
        author_key,
        cast(sum(book_count) as bigint) as book_count,
        count(*) as active_year_count,
        max(first_publish_year) - min(first_publish_year) + 1 as career_year_count
    from author_years
    group by author_key

),

average_books_per_author as (

    select
        totals.author_key,
        authors.author_name,
        totals.book_count,
        totals.active_year_count,
        totals.career_year_count,
        cast(totals.book_count as double) / totals.active_year_count
            as average_books_per_active_year,
        cast(totals.book_count as double) / totals.career_year_count
            as average_books_per_career_year
    from totals
    inner join authors on totals.author_key = authors.author_key

)

select * from average_books_per_author
