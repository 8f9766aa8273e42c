with

ranked as (

    select
        *,
        row_number() over (
            order by
                stream_count desc,
                watched_minutes desc,
                review_count desc,
                movie_title asc,
                movie_key asc
        ) as movie_rank,
        count(*) over () as movie_count
    from {{ ref('movie_stream_summary') }}

)

select
    movie_rank,
    movie_count,
    movie_title,
    is_in_catalogue,
    stream_count,
    user_count,
    watched_minutes / 60 as watched_hours,
    review_count,
    average_rating,
    book_count
from ranked
where movie_rank <= 200
order by movie_rank
