with

movies as (

    select * from {{ ref('movies') }}

),

vendor_books as (

    select
        *,
        {{ text_key('book_title') }} as book_title_key
    from {{ ref('vendor_books') }}
    where not is_deleted

),

reviews as (

    select
        *,
        {{ text_key('book_title') }} as book_title_key
    from {{ ref('vendor_reviews') }}
    where not is_deleted

),

-- A review names its book by title alone, which is ambiguous if several books have that title.
titles as (

    select
        book_title_key,
        count(*) as vendor_book_count,
        case when count(*) = 1 then max(vendor_book_key) end as vendor_book_key,
        case when count(*) = 1 then max(vendor_author_key) end as vendor_author_key,
        case when count(*) = 1 then max(author_name) end as author_name,
        min(book_title) as book_title
    from vendor_books
    group by book_title_key

),

pairs as (

    select
        movie_key,
        book_title_key,
        min(movie_title) as movie_title,
        min(book_title) as book_title,
        count(*) as review_count,
        count(rating) as rating_count,
        avg(cast(rating as double)) as average_rating
    from reviews
    where book_title_key is not null
    group by movie_key, book_title_key

),

movie_books as (

    select
        pairs.movie_key,
        pairs.book_title_key,
        coalesce(movies.movie_title, pairs.movie_title) as movie_title,
        coalesce(titles.book_title, pairs.book_title) as book_title,
        titles.vendor_author_key,
        titles.author_name,
        titles.vendor_book_key,
        coalesce(titles.vendor_book_count, 0) as vendor_book_count,
        pairs.review_count,
        pairs.rating_count,
        pairs.average_rating,
        movies.movie_key is not null as is_in_catalogue
    from pairs
    left join titles on pairs.book_title_key = titles.book_title_key
    left join movies on pairs.movie_key = movies.movie_key

)

select * from movie_books
