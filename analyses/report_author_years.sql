with

authors as (

    {{ authors_by_scope() }}

),

author_years as (

    {{ author_years_by_scope() }}

)

select
    authors.scope,
    authors.place,
    author_years.first_publish_year,
    author_years.book_count
from authors
inner join author_years
    on
        authors.scope = author_years.scope
        and authors.author_key = author_years.author_key
where
    authors.place <= 20
    and author_years.first_publish_year is not null
order by authors.scope asc, authors.place asc, author_years.first_publish_year asc
