{% macro books_by_scope() %}
    with

    landed as (

        select
            subject,
            row_number() over (order by book_count desc, subject asc) as place
        from {{ ref('subjects') }}
        where load_id is not null

    )

    select
        '' as scope,
        books.book_key,
        books.title,
        books.first_publish_year,
        books.first_publish_year_reported,
        books.edition_count,
        books.author_count
    from {{ ref('books') }} as books

    union all

    select
        subject_books.subject as scope,
        books.book_key,
        books.title,
        books.first_publish_year,
        books.first_publish_year_reported,
        books.edition_count,
        books.author_count
    from {{ ref('books') }} as books
    inner join {{ ref('subject_books') }} as subject_books
        on books.book_key = subject_books.book_key
    inner join landed on subject_books.subject = landed.subject
    where landed.place <= 20
{% endmacro %}
