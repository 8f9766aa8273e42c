with

author_years as (

    select * from {{ ref('books_per_author_per_year') }}

),

totals as (

    select
        author_key,
        -- one name per author, in every year
        min(author_name) as author_name,
        cast(sum(book_count) as bigint) as book_count,
        count(*) as active_year_count,
        max(first_publish_year) - min(first_publish_year) + 1 as career_year_count
    from author_years
    group by author_key

),

average_books_per_author as (

    select
        author_key,
        author_name,
        book_count,
        active_year_count,
        career_year_count,
        cast(book_count as double) / active_year_count as average_books_per_active_year,
        cast(book_count as double) / career_year_count as average_books_per_career_year
    from totals

)

select * from average_books_per_author
