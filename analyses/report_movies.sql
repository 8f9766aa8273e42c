with

placed as (

    select
        *,
        row_number() over (
            order by
                stream_count desc,
                watched_minutes desc,
                review_count desc,
                movie_title asc,
                movie_key asc
        ) as place,
        count(*) over () as movie_count
    from {{ ref('movie_stream_summary') }}

)

select
    place,
    movie_count,
    movie_title,
    is_in_catalogue,
    stream_count,
    user_count,
    watched_minutes / 60 as watched_hours,
    review_count,
    average_rating,
    book_count
from placed
where place <= 200
order by place
