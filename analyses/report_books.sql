with

books as (

    {{ books_by_scope() }}

),

placed as (

    select
        *,
        row_number() over (
            partition by scope
            order by edition_count desc nulls last, title asc nulls last, book_key asc
        ) as place
    from books

),

first_authors as (

    select
        author_books.book_key,
        authors.author_key,
        authors.author_name,
        row_number() over (
            partition by author_books.book_key
            order by author_books.author_position
        ) as author_place
    from {{ ref('author_books') }} as author_books
    inner join {{ ref('authors') }} as authors on author_books.author_key = authors.author_key

)

select
    placed.scope,
    placed.place,
    placed.book_key,
    placed.title,
    first_authors.author_key,
    first_authors.author_name,
    placed.author_count,
    placed.first_publish_year,
    placed.edition_count
from placed
left join first_authors
    on
        placed.book_key = first_authors.book_key
        and first_authors.author_place = 1
where placed.place <= 50
order by placed.scope asc, placed.place asc
