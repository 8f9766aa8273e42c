with

shown as (

    select * from {{ ref('profiled_authors') }}

)

select
    author_years.author_key,
    author_years.first_publish_year,
    author_years.book_count
from shown
inner join {{ ref('books_per_author_per_year') }} as author_years
    on shown.author_key = author_years.author_key
order by author_years.author_key, author_years.first_publish_year
