with

of_our_subjects as (

    select distinct book_key
    from {{ ref('subject_books') }}
    where subject in (select reported.subject from {{ ref('reported_subjects') }} as reported)

),

editions as (

    select
        book_key,
        publisher,
        publish_year,
        isbn_13,
        row_number() over (
            partition by book_key order by publish_year desc nulls last, edition_key asc
        ) as edition_rank
    from {{ ref('editions') }}
    where
        ', ' || languages || ', ' like '%, fre, %'
        and book_key in (select of_our_subjects.book_key from of_our_subjects)

),

ranked as (

    select
        books.title,
        editions.publisher,
        editions.publish_year,
        editions.isbn_13,
        coalesce(popularity.reader_count, 0) as reader_count,
        row_number() over (
            order by
                coalesce(popularity.reader_count, 0) desc,
                books.title asc,
                books.book_key asc
        ) as place
    from editions
    inner join {{ ref('books') }} as books on editions.book_key = books.book_key
    left join {{ ref('book_popularity') }} as popularity
        on editions.book_key = popularity.book_key
    where editions.edition_rank = 1

)

select
    place,
    title,
    publisher,
    publish_year as edition_year,
    isbn_13 as isbn,
    reader_count as readers
from ranked
where place <= 10
order by place
