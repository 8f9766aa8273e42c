with

streams as (

    select
        count(*) as stream_count,
        count(distinct user_key) as user_count,
        count(distinct movie_key) as streamed_movie_count,
        sum(watched_minutes) / 60 as watched_hours,
        count(*) filter (where is_longer_than_movie) as longer_than_movie_count,
        coalesce(sum(
            case
                when is_longer_than_movie then watched_minutes - movie_duration_minutes
            end
        ), 0) / 60 as hours_beyond_movie,
        -- another column, because Trino 476 counts the filter's own column only where it is true
        count(movie_duration_minutes) as compared_stream_count,
        min(started_at) as first_started_at,
        max(started_at) as last_started_at
    from {{ ref('streams') }}

),

newest_export as (

    select count(*) as newest_export_stream_count
    from {{ ref('streams') }}
    where load_id in (
        select files.load_id from {{ ref('file_quality_summary') }} as files
        where files.dataset = 'streams'
    )

),

movies as (

    select count(*) as movie_count
    from {{ ref('movies') }}
    where not is_deleted

),

based_on_books as (

    select count(*) as based_on_book_count
    from {{ ref('movie_stream_summary') }}
    where
        stream_count > 0
        and book_count > 0

),

reviews as (

    select
        count(*) as review_count,
        count(rating_reported) as rated_review_count,
        count(rating_reported) - count(rating) as rating_out_of_range_count,
        count(*) filter (where is_updated_before_created) as updated_before_created_count,
        max(created_at) as last_created_at
    from {{ ref('vendor_reviews') }}
    where not is_deleted

)

select
    streams.*,
    newest_export.newest_export_stream_count,
    movies.movie_count,
    based_on_books.based_on_book_count,
    reviews.review_count,
    reviews.rated_review_count,
    reviews.rating_out_of_range_count,
    reviews.updated_before_created_count,
    reviews.last_created_at
from streams
cross join newest_export
cross join movies
cross join based_on_books
cross join reviews
