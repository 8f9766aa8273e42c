with

sold_out as (

    select
        book_key,
        max(isbn_13) as isbn_13
    from {{ ref('store_books') }}
    where
        not is_deleted
        and book_key is not null
    group by book_key
    having max(coalesce(stock, 1)) <= 0

),

editions as (

    select
        book_key,
        isbn_13,
        publisher,
        publish_year,
        row_number() over (
            partition by book_key order by publish_year desc nulls last, edition_key asc
        ) as edition_rank
    from {{ ref('editions') }}
    where
        isbn_13 is not null
        and book_key in (select sold_out.book_key from sold_out)

),

ranked as (

    select
        books.title,
        coalesce(popularity.reader_count, 0) as reader_count,
        coalesce(editions.isbn_13, sold_out.isbn_13) as isbn_13,
        editions.publisher,
        editions.publish_year,
        row_number() over (
            order by
                coalesce(popularity.reader_count, 0) desc,
                books.title asc,
                books.book_key asc
        ) as place
    from sold_out
    inner join {{ ref('books') }} as books on sold_out.book_key = books.book_key
    left join {{ ref('book_popularity') }} as popularity
        on sold_out.book_key = popularity.book_key
    left join editions
        on
            sold_out.book_key = editions.book_key
            and editions.edition_rank = 1

)

select
    place,
    title,
    reader_count as readers,
    isbn_13 as order_isbn,
    publisher,
    publish_year as edition_year
from ranked
where place <= 10
order by place
