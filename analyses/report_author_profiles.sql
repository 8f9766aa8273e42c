with

shown as (

    select * from {{ ref('profiled_authors') }}

)

select
    authors.author_key,
    authors.author_name,
    authors.book_count,
    authors.first_publish_year,
    authors.last_publish_year,
    averages.book_count as dated_book_count,
    averages.average_books_per_active_year,
    averages.average_books_per_career_year
from shown
inner join {{ ref('authors') }} as authors on shown.author_key = authors.author_key
left join {{ ref('average_books_per_author') }} as averages
    on shown.author_key = averages.author_key
order by authors.author_key
