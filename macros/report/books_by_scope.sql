{% macro books_by_scope() %}
    with

    landed as (

        select
            subject,
            row_number() over (order by book_count desc, subject asc) as place
        from {{ ref('subjects') }}
        where load_id is not null

    ),

    members as (

        select
            '' as scope,
            book_key
        from {{ ref('books') }}

        union all

        select
            subject_books.subject as scope,
            subject_books.book_key
        from {{ ref('subject_books') }} as subject_books
        inner join landed on subject_books.subject = landed.subject
        where landed.place <= 20

    )

    select
        members.scope,
        books.book_key,
        books.title,
        books.first_publish_year,
        books.first_publish_year_reported,
        books.edition_count,
        books.author_count
    from members
    inner join {{ ref('books') }} as books on members.book_key = books.book_key
{% endmacro %}
