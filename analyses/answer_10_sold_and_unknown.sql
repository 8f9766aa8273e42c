with

in_stock as (

    select
        book_key,
        cast(sum(stock) as bigint) as copy_count
    from {{ ref('store_books') }}
    where
        not is_deleted
        and book_key is not null
        and stock > 0
    group by book_key

),

-- of other books nothing is known of readers
in_dump as (

    select distinct book_key from {{ ref('editions') }}
    where book_key in (select in_stock.book_key from in_stock)

),

ranked as (

    select
        books.title,
        books.first_publish_year,
        in_stock.copy_count,
        row_number() over (
            order by in_stock.copy_count desc, books.title asc, books.book_key asc
        ) as place
    from in_stock
    inner join in_dump on in_stock.book_key = in_dump.book_key
    inner join {{ ref('books') }} as books on in_stock.book_key = books.book_key
    left join {{ ref('book_popularity') }} as popularity
        on in_stock.book_key = popularity.book_key
    where popularity.book_key is null

)

select
    place,
    title,
    first_publish_year as first_published,
    copy_count as copies
from ranked
where place <= 10
order by place
