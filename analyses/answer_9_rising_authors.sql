with

ranked as (

    select
        *,
        row_number() over (order by reader_growth desc, author_key asc) as place
    from {{ ref('rising_authors') }}
    where reader_growth > 0

)

select
    place,
    author_name as author,
    reader_count_12_months as readers,
    reader_count_12_months_before as readers_before,
    {{ rounded('100 * reader_growth', 1) }} as growth_percent,
    book_count as books,
    book_count_5_years as books_in_5_years
from ranked
where place <= 10
order by place
