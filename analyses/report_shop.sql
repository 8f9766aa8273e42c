with

books as (

    select * from {{ ref('books_by_scope') }}

),

sold as (

    select
        book_key,
        max(case when coalesce(stock, 1) > 0 then 1 else 0 end) = 0 as is_sold_out
    from {{ ref('store_books') }}
    where
        not is_deleted
        and book_key is not null
    group by book_key

),

wanted as (

    select
        wanted_books.subject as scope,
        count(case when not wanted_books.is_sold and not wanted_books.is_perhaps_sold then 1 end)
            as missing_book_count,
        count(books_to_add.book_key) as orderable_book_count,
        count(case when wanted_books.is_perhaps_sold then 1 end) as perhaps_sold_book_count
    from {{ ref('wanted_books') }} as wanted_books
    left join {{ ref('books_to_add') }} as books_to_add
        on
            wanted_books.subject = books_to_add.subject
            and wanted_books.book_key = books_to_add.book_key
    group by wanted_books.subject

),

items as (

    select
        count(*) as item_count,
        count(book_key) as matched_item_count,
        min(store_name) as store_name
    from {{ ref('store_books') }}
    where not is_deleted

),

totals as (

    select
        books.scope,
        count(*) as book_count,
        count(sold.book_key) as sold_book_count,
        count(case when sold.is_sold_out then 1 end) as sold_out_book_count
    from books
    left join sold on books.book_key = sold.book_key
    group by books.scope

)

select
    totals.scope,
    totals.book_count,
    totals.sold_book_count,
    totals.sold_out_book_count,
    coalesce(wanted.orderable_book_count, 0) as missing_book_count,
    coalesce(wanted.missing_book_count - wanted.orderable_book_count, 0)
        as unorderable_book_count,
    coalesce(wanted.perhaps_sold_book_count, 0) as perhaps_sold_book_count,
    items.item_count,
    items.matched_item_count,
    items.store_name
from totals
cross join items
left join wanted on totals.scope = wanted.scope
-- nothing is known of what is sold or wanted
where
    items.item_count > 0
    or wanted.scope is not null
order by totals.scope asc
