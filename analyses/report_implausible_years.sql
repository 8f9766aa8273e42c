with

ranked as (

    select
        book_key,
        title,
        first_publish_year_reported,
        edition_count,
        row_number() over (
            order by edition_count desc nulls last, title asc nulls last, book_key asc
        ) as book_rank,
        count(*) over () as book_count
    from {{ ref('books') }}
    where
        first_publish_year_reported is not null
        and first_publish_year is null

)

select
    book_rank,
    book_key,
    title,
    first_publish_year_reported,
    edition_count,
    book_count
from ranked
where book_rank <= 50
order by book_rank
