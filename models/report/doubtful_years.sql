with

books as (

    select
        *,
        {{ text_key('title') }} as title_key
    from {{ ref('books') }}
    where first_publish_year is not null

),

-- A translator's or an illustrator's other books say nothing of the author's.
first_authors as (

    select
        book_key,
        author_key,
        row_number() over (
            partition by book_key order by author_position asc, author_key asc
        ) as author_rank
    from {{ ref('author_books') }}

),

dated as (

    select
        books.book_key,
        books.title,
        books.title_key,
        books.first_publish_year,
        first_authors.author_key,
        min(books.first_publish_year) over (
            partition by first_authors.author_key, books.title_key
        ) as first_year_of_title,
        row_number() over (
            partition by first_authors.author_key
            order by books.first_publish_year asc, books.title asc nulls last, books.book_key asc
        ) as year_rank
    from books
    inner join first_authors
        on
            books.book_key = first_authors.book_key
            and first_authors.author_rank = 1

),

totals as (

    select
        author_key,
        count(*) as book_count,
        min(first_publish_year) as first_year,
        max(first_publish_year) as last_year,
        max(case when year_rank = 1 then title end) as first_title,
        max(case when year_rank = 2 then first_publish_year end) as next_year,
        max(case when year_rank = 2 then title end) as next_title
    from dated
    group by author_key

),

-- One year long before those of a whole working life is wrong itself; the others are right.
authors as (

    select
        author_key,
        first_title,
        first_year,
        next_title,
        next_year,
        book_count >= 4
        and next_year - first_year > {{ var('working_life_years') }}
        and last_year - next_year <= {{ var('working_life_years') }} as is_first_too_early
    from totals

),

vendor_authors as (

    select
        matches.book_key,
        extract(year from min(authors.birth_date)) as birth_year,
        extract(year from max(authors.death_date)) as death_year
    from {{ ref('vendor_book_matches') }} as matches
    inner join {{ ref('vendor_books') }} as vendor_books
        on matches.vendor_book_key = vendor_books.vendor_book_key
    inner join {{ ref('vendor_authors') }} as authors
        on vendor_books.vendor_author_key = authors.vendor_author_key
    where
        matches.is_match
        and not authors.is_deleted
        and not authors.has_implausible_dates
    group by matches.book_key

),

judged as (

    select
        dated.book_key,
        case
            when vendor_authors.birth_year > dated.first_publish_year
                then
                    'before the author''s birth in '
                    || cast(vendor_authors.birth_year as varchar)
                    || ', according to the vendor'
            when
                dated.first_publish_year - vendor_authors.death_year
                > {{ var('working_life_years') }}
                then
                    cast(dated.first_publish_year - vendor_authors.death_year as varchar)
                    || ' years after the author''s death, according to the vendor'
            when
                dated.title_key is not null
                and dated.first_publish_year > dated.first_year_of_title
                then
                    'a book of the same title and author is of '
                    || cast(dated.first_year_of_title as varchar)
            when authors.is_first_too_early and dated.year_rank = 1
                then
                    cast(authors.next_year - authors.first_year as varchar)
                    || ' years before the author''s other books, the first of them '
                    || coalesce('“' || authors.next_title || '”', 'untitled')
            when
                not authors.is_first_too_early
                and dated.first_publish_year - authors.first_year > {{ var('working_life_years') }}
                then
                    cast(dated.first_publish_year - authors.first_year as varchar)
                    || ' years after the author''s first book here, '
                    || coalesce('“' || authors.first_title || '”', 'untitled')
        end as doubt
    from dated
    inner join authors on dated.author_key = authors.author_key
    left join vendor_authors on dated.book_key = vendor_authors.book_key

),

doubtful_years as (

    select
        book_key,
        doubt
    from judged
    where doubt is not null

)

select * from doubtful_years
