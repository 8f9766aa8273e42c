with

authors as (

    {{ authors_by_scope() }}

),

books as (

    {{ books_by_scope() }}

)

select
    authors.scope,
    authors.place,
    books.first_publish_year,
    count(*) as book_count
from authors
inner join {{ ref('author_books') }} as author_books
    on authors.author_key = author_books.author_key
inner join books
    on
        author_books.book_key = books.book_key
        and authors.scope = books.scope
where
    authors.place <= 20
    and books.first_publish_year is not null
group by authors.scope, authors.place, books.first_publish_year
order by authors.scope asc, authors.place asc, books.first_publish_year asc
