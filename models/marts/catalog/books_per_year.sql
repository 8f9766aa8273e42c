with

books as (

    select * from {{ ref('books') }}
    where first_publish_year is not null

),

author_years as (

    select * from {{ ref('books_per_author_per_year') }}

),

book_counts as (

    select
        first_publish_year,
        count(*) as book_count
    from books
    group by first_publish_year

),

author_averages as (

    select
        first_publish_year,
        count(*) as author_count,
        avg(cast(book_count as double)) as average_books_per_author
    from author_years
    group by first_publish_year

),

books_per_year as (

    select
        book_counts.first_publish_year,
        book_counts.book_count,
        coalesce(author_averages.author_count, 0) as author_count,
        author_averages.average_books_per_author
    from book_counts
    left join author_averages
        on book_counts.first_publish_year = author_averages.first_publish_year

)

select * from books_per_year
