with

missing as (

    select * from {{ ref('wanted_books') }}
    where not is_sold and not is_perhaps_sold

),

orderable as (

    select * from {{ ref('int_books_orderable') }}

),

-- An author may be there twice, under two keys.
names as (

    select
        author_books.book_key,
        {{ value_of_least('author_books.author_position', 'authors.author_name') }} as author_name,
        min(author_books.author_position) as author_position
    from {{ ref('author_books') }} as author_books
    inner join {{ ref('authors') }} as authors on author_books.author_key = authors.author_key
    where
        authors.author_name is not null
        and author_books.book_key in (select orderable.book_key from orderable)
    group by author_books.book_key, {{ text_key('authors.author_name') }}

),

book_authors as (

    select
        book_key,
        {{ list_join('array_agg(author_name order by author_position)', '; ') }} as authors
    from names
    group by book_key

),

book_languages as (

    select
        book_key,
        {{ list_join('array_agg(language_code order by edition_count desc, language_code)', ', ') }}
            as languages
    from {{ ref('book_languages') }}
    where book_key in (select orderable.book_key from orderable)
    group by book_key

),

books_to_add as (

    select
        missing.subject,
        row_number() over (
            partition by missing.subject
            order by missing.score desc, missing.reader_count desc, missing.book_key asc
        ) as rank,
        missing.book_key,
        missing.title,
        book_authors.authors,
        missing.first_publish_year,
        missing.score,
        missing.interest_part,
        missing.rating_part,
        missing.rising_part,
        missing.reader_count,
        missing.rating_count,
        missing.weighted_rating,
        orderable.isbn_13,
        orderable.isbns_to_order,
        book_languages.languages
    from missing
    inner join orderable on missing.book_key = orderable.book_key
    left join book_authors on missing.book_key = book_authors.book_key
    left join book_languages on missing.book_key = book_languages.book_key

)

select * from books_to_add
