with

streams as (

    select * from {{ ref('streams') }}

)

select
    count(*) as stream_count,
    count(distinct user_email) as user_count,
    count(distinct movie_key) as streamed_movie_count,
    sum(watched_minutes) / 60 as watched_hours,
    count(*) filter (where is_longer_than_movie) as longer_than_movie_count,
    count(*) filter (where is_longer_than_movie is not null) as compared_stream_count,
    min(started_at) as first_started_at,
    max(started_at) as last_started_at,
    (select count(*) from {{ ref('movies') }} where not is_deleted) as movie_count,
    (
        select count(*) from {{ ref('movie_stream_summary') }}
        where stream_count > 0 and book_count > 0
    ) as based_on_book_count,
    (select count(*) from {{ ref('vendor_reviews') }} where not is_deleted) as review_count,
    (
        select count(*) from {{ ref('vendor_reviews') }}
        where not is_deleted and is_updated_before_created
    ) as updated_before_created_count
from streams
