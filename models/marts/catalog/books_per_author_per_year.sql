{{ config(partitioned_by=partitions(['truncate(first_publish_year, 10)'])) }}

with

author_books as (

    select * from {{ ref('author_books') }}
    where first_publish_year is not null

),

authors as (

    select * from {{ ref('authors') }}

),

author_years as (

    select
        author_key,
        first_publish_year,
        count(*) as book_count
    from author_books
    group by author_key, first_publish_year

),

books_per_author_per_year as (

    select
        author_years.author_key,
        authors.author_name,
        author_years.first_publish_year,
        author_years.book_count
    from author_years
    inner join authors on author_years.author_key = authors.author_key

)

select * from books_per_author_per_year
