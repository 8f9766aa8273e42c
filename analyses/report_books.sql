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

listed as (

    select * from ranked
    where book_rank <= 200

),

ranked_languages as (

    select
        book_key,
        language_code,
        row_number() over (
            partition by book_key order by edition_count desc, language_code asc
        ) as language_rank
    from {{ ref('book_languages') }}
    where book_key in (select listed.book_key from listed)

),

book_languages as (

    select
        book_key,
        {{ list_join('array_agg(language_code order by language_rank)', ', ') }} as languages
    from ranked_languages
    where language_rank <= 10
    group by book_key

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
    where author_books.book_key in (select listed.book_key from listed)

)

select
    listed.scope,
    listed.book_rank,
    listed.book_key,
    listed.title,
    first_authors.author_key,
    first_authors.author_name,
    listed.author_count,
    listed.first_publish_year,
    doubtful_years.doubt,
    listed.edition_count,
    book_languages.languages
from listed
left join first_authors
    on
        listed.book_key = first_authors.book_key
        and first_authors.author_rank = 1
left join {{ ref('doubtful_years') }} as doubtful_years
    on listed.book_key = doubtful_years.book_key
left join book_languages on listed.book_key = book_languages.book_key
order by listed.scope asc, listed.book_rank asc
