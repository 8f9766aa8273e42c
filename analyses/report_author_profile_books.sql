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
    ranked.author_key,
    ranked.book_rank,
    ranked.book_key,
    ranked.title,
    ranked.first_publish_year,
    doubtful_years.doubt,
    ranked.edition_count
from ranked
left join {{ ref('doubtful_years') }} as doubtful_years
    on ranked.book_key = doubtful_years.book_key
where ranked.book_rank <= 10
order by ranked.author_key asc, ranked.book_rank asc
