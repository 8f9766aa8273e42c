with

movies as (

    select * from {{ ref('movies') }}

),

streams as (

    select * from {{ ref('streams') }}

),

reviews as (

    select * from {{ ref('vendor_reviews') }}
    where not is_deleted

),

movie_books as (

    select * from {{ ref('movie_books') }}

),

stream_counts as (

    select
        movie_key,
        min(movie_title) as movie_title,
        count(*) as stream_count,
        count(distinct user_key) as user_count,
        -- whole milliseconds, whose sum does not depend on their order
        cast(sum(date_diff('millisecond', started_at, ended_at)) as double) / 60000
            as watched_minutes
    from streams
    group by movie_key

),

review_counts as (

    select
        movie_key,
        min(movie_title) as movie_title,
        count(*) as review_count,
        count(rating) as rating_count,
        avg(cast(rating as double)) as average_rating
    from reviews
    group by movie_key

),

book_counts as (

    select
        movie_key,
        count(*) as book_count
    from movie_books
    group by movie_key

),

movie_keys as (

    select movie_key from movies
    union
    select movie_key from stream_counts
    union
    select movie_key from review_counts

),

movie_stream_summary as (

    select
        movie_keys.movie_key,
        coalesce(movies.movie_title, stream_counts.movie_title, review_counts.movie_title)
            as movie_title,
        movies.movie_key is not null as is_in_catalogue,
        coalesce(stream_counts.stream_count, 0) as stream_count,
        coalesce(stream_counts.user_count, 0) as user_count,
        coalesce(stream_counts.watched_minutes, 0) as watched_minutes,
        coalesce(review_counts.review_count, 0) as review_count,
        coalesce(review_counts.rating_count, 0) as rating_count,
        review_counts.average_rating,
        coalesce(book_counts.book_count, 0) as book_count
    from movie_keys
    left join movies on movie_keys.movie_key = movies.movie_key
    left join stream_counts on movie_keys.movie_key = stream_counts.movie_key
    left join review_counts on movie_keys.movie_key = review_counts.movie_key
    left join book_counts on movie_keys.movie_key = book_counts.movie_key

)

select * from movie_stream_summary
