with

books as (

    select * from {{ ref('books_by_scope') }}

)

select
    scope,
    first_publish_year,
    count(*) as book_count
from books
where first_publish_year is not null
group by scope, first_publish_year
order by scope asc, first_publish_year asc
