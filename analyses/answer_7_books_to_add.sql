with

of_our_subjects as (

    select distinct book_key
    from {{ ref('books_to_add') }}
    where subject <> ''

),

ranked as (

    select
        *,
        row_number() over (order by score desc, reader_count desc, book_key asc) as place
    from {{ ref('books_to_add') }}
    where
        subject = ''
        and book_key in (select of_our_subjects.book_key from of_our_subjects)

)

select
    place,
    title,
    authors,
    reader_count as readers,
    rating_count as ratings,
    score,
    isbn_13 as order_isbn
from ranked
where place <= 10
order by place
