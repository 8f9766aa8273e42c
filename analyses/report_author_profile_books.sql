with

shown as (

    select * from {{ ref('profiled_authors') }}

),

ranked as (

    select
        shown.author_key,
        books.book_key,
        books.title,
        books.first_publish_year,
        books.edition_count,
        row_number() over (
            partition by shown.author_key
            order by
                books.edition_count desc nulls last,
                books.title asc nulls last,
                books.book_key asc
        ) as book_rank
    from shown
    inner join {{ ref('author_books') }} as author_books
        on shown.author_key = author_books.author_key
    inner join {{ ref('books') }} as books on author_books.book_key = books.book_key

)

select
    author_key,
    book_rank,
    book_key,
    title,
    first_publish_year,
    edition_count
from ranked
where book_rank <= 10
order by author_key asc, book_rank asc
