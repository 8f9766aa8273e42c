{% macro books_of_same_title(items, item_key, books, author_books, authors) %}
    with

    books as (

        select
            book_key,
            title,
            {{ normalised_text('title') }} as normalised_title
        from {{ books }}
        where title is not null

    ),

    -- A title that consists of punctuation alone proves nothing.
    same_titles as (

        select
            {{ items }}.*,
            books.book_key,
            books.title
        from {{ items }}
        inner join books on {{ items }}.normalised_title = books.normalised_title
        where {{ items }}.normalised_title <> ''

    ),

    listed_authors as (

        select
            author_books.book_key,
            authors.author_name,
            nullif({{ normalised_text('authors.author_name') }}, '') as normalised_author
        from {{ author_books }} as author_books
        inner join {{ authors }} as authors on author_books.author_key = authors.author_key
        where author_books.book_key in (select same_titles.book_key from same_titles)

    ),

    compared as (

        select
            same_titles.*,
            listed_authors.author_name,
            {{ word_overlap('same_titles.normalised_author', 'listed_authors.normalised_author') }}
                as author_overlap
        from same_titles
        left join listed_authors on same_titles.book_key = listed_authors.book_key

    ),

    -- Of several authors, the most similar one decides how well the book fits.
    best_authors as (

        select
            *,
            row_number() over (
                partition by {{ item_key }}, book_key
                order by coalesce(author_overlap, 0) desc, author_name asc
            ) as author_rank
        from compared

    )

    select
        {{ item_key }},
        book_key,
        title,
        author_name,
        author_overlap,
        case
            when author_overlap = 1 then 'title and author'
            when author_overlap > 0.5 then 'title and similar author'
            else 'title only'
        end as match_class,
        (1 + coalesce(author_overlap, 0)) / 2 as score
    from best_authors
    where author_rank = 1
{% endmacro %}
