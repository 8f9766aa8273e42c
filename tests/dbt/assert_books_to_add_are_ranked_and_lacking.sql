-- A buyer orders from the top: a book that the store has, or of which it sells an ISBN, would be
-- bought twice, and a gap or a tie among the ranks would hide a book. The score is what its parts
-- say, rounded to four places.

with

books_to_add as (

    select * from {{ ref('books_to_add') }}

),

items as (

    select
        book_key,
        isbn_13
    from {{ ref('store_books') }}
    where not is_deleted

),

sold as (

    select book_key from items
    where book_key is not null

    union all

    select isbns.book_key
    from {{ ref('isbns') }} as isbns
    inner join items on isbns.isbn_13 = items.isbn_13
    where isbns.book_key is not null

),

numbered as (

    select
        *,
        row_number() over (
            partition by subject
            order by score desc, reader_count desc, book_key asc
        ) as place
    from books_to_add

)

select
    subject,
    book_key,
    rank,
    place,
    score
from numbered
where
    rank <> place
    or book_key in (select sold.book_key from sold)
    or score not between 0 and 1
    or abs(
        score
        - (
            {{ var('interest_weight') }} * interest_part
            + {{ var('rating_weight') }} * rating_part
            + {{ var('rising_weight') }} * rising_part
        ) / ({{ var('interest_weight') + var('rating_weight') + var('rising_weight') }})
    ) > 0.0001
