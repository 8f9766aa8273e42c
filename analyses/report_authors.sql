with

authors as (

    {{ authors_by_scope() }}

)

select
    scope,
    place,
    author_key,
    author_name,
    book_count,
    first_publish_year,
    last_publish_year,
    cast(dated_book_count as double) / nullif(active_year_count, 0)
        as average_books_per_active_year
from authors
where place <= 50
order by scope asc, place asc
