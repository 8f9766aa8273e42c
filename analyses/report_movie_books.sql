with

candidates as (

    select
        vendor_book_key,
        book_key,
        match_class,
        is_match,
        row_number() over (
            partition by vendor_book_key order by is_match desc, score desc, book_key asc
        ) as candidate_rank
    from {{ ref('vendor_book_matches') }}

),

ranked as (

    select
        movie_books.movie_title,
        movie_books.is_in_catalogue,
        movie_books.book_title,
        movie_books.author_name,
        movie_books.review_count,
        movie_books.average_rating,
        candidates.book_key,
        candidates.match_class,
        candidates.is_match,
        row_number() over (
            order by
                movie_books.is_in_catalogue desc,
                coalesce(movies.stream_count, 0) desc,
                movie_books.movie_title asc,
                movie_books.book_title_key asc
        ) as movie_book_rank,
        count(*) over () as movie_book_count
    from {{ ref('movie_books') }} as movie_books
    left join {{ ref('movie_stream_summary') }} as movies
        on movie_books.movie_key = movies.movie_key
    left join candidates
        on
            movie_books.vendor_book_key = candidates.vendor_book_key
            and candidates.candidate_rank = 1

)

select
    movie_book_rank,
    movie_book_count,
    movie_title,
    is_in_catalogue,
    book_title,
    author_name,
    review_count,
    average_rating,
    book_key,
    match_class,
    is_match
from ranked
where movie_book_rank <= 200
order by movie_book_rank
