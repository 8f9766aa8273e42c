with

singaporeans as (

    select vendor_author_key
    from {{ ref('vendor_authors') }}
    where
        '; ' || nationality_slug || '; ' like '%; singaporeans; %'
        and not is_deleted

),

movie_books as (

    select * from {{ ref('movie_books') }}

),

streamed as (

    select movie_key
    from {{ ref('movie_stream_summary') }}
    where stream_count > 0

)

select count(distinct streamed.movie_key) as movie_count
from streamed
inner join movie_books on streamed.movie_key = movie_books.movie_key
inner join singaporeans on movie_books.vendor_author_key = singaporeans.vendor_author_key
