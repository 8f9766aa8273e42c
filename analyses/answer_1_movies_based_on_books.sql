with

movies as (

    select
        stream_count > 0 as is_streamed,
        book_count > 0 as is_based_on_book,
        is_in_catalogue
    from {{ ref('movie_stream_summary') }}

),

counts as (

    select
        count(*) filter (where is_streamed) as streamed_movie_count,
        count(*) filter (where is_streamed and is_based_on_book) as based_on_book_count,
        count(*) filter (where not is_in_catalogue) as not_in_catalogue_count
    from movies

)

select
    streamed_movie_count,
    based_on_book_count,
    {{ rounded('100e0 * based_on_book_count / nullif(streamed_movie_count, 0)', 2) }} as percentage,
    not_in_catalogue_count
from counts
