with

author_books as (

    select * from {{ ref('author_books') }}

),

popularity as (

    select * from {{ ref('book_popularity') }}

),

authors as (

    select * from {{ ref('authors') }}

),

-- the day after the dump's is in the year after the last whole one
dumps as (

    select extract(year from dumped_at + interval '1' day) - 1 as last_year
    from {{ ref('int_loads_committed') }}
    where is_current and dumped_at is not null

),

-- Null if they are of months without data, and then nobody has enough.
readers as (

    select
        author_books.author_key,
        cast(sum(popularity.reader_count_12_months) as bigint) as reader_count,
        cast(sum(popularity.reader_count_12_months_before) as bigint) as reader_count_before
    from popularity
    inner join author_books on popularity.book_key = author_books.book_key
    group by author_books.author_key
    having sum(popularity.reader_count_12_months) >= {{ var('rising_author_reader_count') }}

),

books as (

    select
        author_books.author_key,
        count(*) as book_count,
        count(*) filter (
            where author_books.first_publish_year between dumps.last_year - 4 and dumps.last_year
        ) as book_count_5_years,
        count(*) filter (
            where
            author_books.first_publish_year between dumps.last_year - 9 and dumps.last_year - 5
        ) as book_count_5_years_before
    from author_books
    inner join readers on author_books.author_key = readers.author_key
    cross join dumps
    group by author_books.author_key

),

rising_authors as (

    select
        readers.author_key,
        authors.author_name,
        books.book_count,
        books.book_count_5_years,
        books.book_count_5_years_before,
        readers.reader_count as reader_count_12_months,
        readers.reader_count_before as reader_count_12_months_before,
        cast(readers.reader_count - readers.reader_count_before as double)
        / greatest(readers.reader_count_before, {{ var('rising_author_reader_count') }})
            as reader_growth
    from readers
    inner join books on readers.author_key = books.author_key
    inner join authors on readers.author_key = authors.author_key

)

select * from rising_authors
