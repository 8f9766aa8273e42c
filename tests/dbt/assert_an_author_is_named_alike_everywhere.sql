-- The yearly tables repeat the name for convenience; it must be the preferred spelling.

with

authors as (

    select * from {{ ref('authors') }}

),

author_years as (

    select * from {{ ref('books_per_author_per_year') }}

),

averages as (

    select * from {{ ref('average_books_per_author') }}

),

named as (

    select
        author_key,
        author_name
    from author_years
    union all
    select
        author_key,
        author_name
    from averages

)

select
    named.author_key,
    named.author_name,
    authors.author_name as preferred_name
from named
inner join authors on named.author_key = authors.author_key
where named.author_name is distinct from authors.author_name
