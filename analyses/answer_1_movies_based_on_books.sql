with

streamed as (

    select
        movie_key,
        book_count
    from {{ ref('movie_stream_summary') }}
    where stream_count > 0

)

select
    count(*) as streamed_movie_count,
    count(*) filter (where book_count > 0) as based_on_book_count,
    round(100e0 * count(*) filter (where book_count > 0) / nullif(count(*), 0), 2)
        as percentage
from streamed
