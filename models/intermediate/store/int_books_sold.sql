{{ config(materialized='view') }}

with

items as (

    select store_book_key from {{ ref('store_books') }}
    where not is_deleted

),

candidates as (

    select * from {{ ref('store_book_candidates') }}

),

-- What an item is, and what one may be: a book that cannot be told from others, another book with
-- the item's ISBN, or one with its title and author, which Open Library may have twice.
sold as (

    select
        candidates.book_key,
        max(case when candidates.is_match then 1 else 0 end) = 1 as is_sold
    from candidates
    inner join items on candidates.store_book_key = items.store_book_key
    where
        candidates.is_best
        or candidates.match_class in ('isbn of several books', 'title and author')
    group by candidates.book_key

)

select * from sold
