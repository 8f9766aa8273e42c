with

books as (

    select * from {{ ref('books_by_scope') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by scope
            order by edition_count desc nulls last, title asc nulls last, book_key asc
        ) as book_rank
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
        ) as author_rank
    from {{ ref('author_books') }} as author_books
    inner join {{ ref('authors') }} as authors on author_books.author_key = authors.author_key

)

select
    ranked.scope,
    ranked.book_rank,
    ranked.book_key,
    ranked.title,
    first_authors.author_key,
    first_authors.author_name,
    ranked.author_count,
    ranked.first_publish_year,
    doubtful_years.doubt,
    ranked.edition_count
from ranked
left join first_authors
    on
        ranked.book_key = first_authors.book_key
        and first_authors.author_rank = 1
left join {{ ref('doubtful_years') }} as doubtful_years
    on ranked.book_key = doubtful_years.book_key
where ranked.book_rank <= 50
order by ranked.scope asc, ranked.book_rank asc
