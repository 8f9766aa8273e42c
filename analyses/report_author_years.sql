with

authors as (

    select * from {{ ref('authors_by_scope') }}

),

author_years as (

    select * from {{ ref('author_years_by_scope') }}

)

select
    authors.scope,
    authors.author_rank,
    author_years.first_publish_year,
    author_years.book_count
from authors
inner join author_years
    on
        authors.scope = author_years.scope
        and authors.author_key = author_years.author_key
where
    authors.author_rank <= 20
    and author_years.first_publish_year is not null
order by authors.scope asc, authors.author_rank asc, author_years.first_publish_year asc
