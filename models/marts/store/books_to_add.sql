with

missing as (

    select * from {{ ref('wanted_books') }}
    where not is_sold and not is_perhaps_sold

),

orderable as (

    select
        editions.book_key,
        editions.edition_key,
        editions.isbn_13,
        editions.publish_year,
        editions.languages,
        -- without what stands between ISBNs, and about what is known of one
        translate(lower(editions.physical_format), ';' || chr(10) || chr(13) || '()', ', ')
            as physical_format,
        case when listed.book_count > 1 then 'of several books' end as sharing
    from {{ ref('editions') }} as editions
    inner join {{ ref('isbns') }} as listed
        on editions.isbn_13 = listed.isbn_13 and editions.edition_key = listed.edition_key
    where editions.book_key in (select missing.book_key from missing)

),

newest_first as (

    select
        *,
        row_number() over (
            partition by book_key
            order by sharing asc nulls first, publish_year desc nulls last, edition_key asc
        ) as edition_rank
    from orderable

),

of_kind as (

    select
        *,
        row_number() over (
            partition by book_key, languages, physical_format order by edition_rank asc
        ) as kind_rank
    from newest_first

),

newest_of_kind as (

    select
        book_key,
        isbn_13,
        {{ value_of_least(
            'edition_rank',
            "concat_ws(', ', languages, physical_format, cast(publish_year as varchar), sharing)",
        ) }} as kind,
        min(edition_rank) as edition_rank
    from of_kind
    where kind_rank = 1
    group by book_key, isbn_13

),

isbns as (

    select
        book_key,
        {{ value_of_least('edition_rank', 'isbn_13') }} as isbn_13,
        {{ list_join(
            "array_agg(isbn_13 || coalesce(' (' || nullif(kind, '') || ')', '')"
            ~ " order by edition_rank)",
            '; ',
        ) }} as isbns_to_order
    from newest_of_kind
    group by book_key

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
        and author_books.book_key in (select isbns.book_key from isbns)
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
    where book_key in (select isbns.book_key from isbns)
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
        isbns.isbn_13,
        isbns.isbns_to_order,
        book_languages.languages
    from missing
    inner join isbns on missing.book_key = isbns.book_key
    left join book_authors on missing.book_key = book_authors.book_key
    left join book_languages on missing.book_key = book_languages.book_key

)

select * from books_to_add
