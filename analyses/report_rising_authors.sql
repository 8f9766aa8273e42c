with

rising_authors as (

    select * from {{ ref('rising_authors') }}
    where reader_growth > 0

),

author_scopes as (

    select distinct
        books.scope,
        author_books.author_key
    from {{ ref('books_by_scope') }} as books
    inner join {{ ref('author_books') }} as author_books on books.book_key = author_books.book_key

),

ranked as (

    select
        author_scopes.scope,
        rising_authors.*,
        row_number() over (
            partition by author_scopes.scope
            order by rising_authors.reader_growth desc, rising_authors.author_key asc
        ) as author_rank,
        count(*) over (partition by author_scopes.scope) as author_count
    from rising_authors
    inner join author_scopes on rising_authors.author_key = author_scopes.author_key

)

select
    scope,
    author_rank,
    author_count,
    author_key,
    author_name,
    reader_count_12_months,
    reader_count_12_months_before,
    reader_growth,
    book_count_5_years,
    book_count_5_years_before
from ranked
where author_rank <= 200
order by scope asc, author_rank asc
