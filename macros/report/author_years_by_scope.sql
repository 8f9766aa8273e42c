{% macro author_years_by_scope() %}
    with

    books as (

        {{ books_by_scope() }}

    )

    select
        books.scope,
        author_books.author_key,
        books.first_publish_year,
        count(*) as book_count
    from books
    inner join {{ ref('author_books') }} as author_books
        on books.book_key = author_books.book_key
    group by books.scope, author_books.author_key, books.first_publish_year
{% endmacro %}
