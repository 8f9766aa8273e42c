with

authors as (

    select * from {{ ref('authors_by_scope') }}

)

select
    scope,
    author_rank,
    author_key,
    author_name,
    book_count,
    first_publish_year,
    last_publish_year,
    cast(dated_book_count as double) / nullif(active_year_count, 0)
        as average_books_per_active_year
from authors
where author_rank <= 200
order by scope asc, author_rank asc
