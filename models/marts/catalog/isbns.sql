with

editions as (

    select
        edition_key,
        book_key,
        isbns_13
    from {{ ref('int_dump_editions_placed') }}

),

listed as (

    select
        isbn_13,
        edition_key,
        book_key
    from {{ unnested_list('editions', 'isbns_13', 'isbn_13', 'isbn_position') }} as unnested

),

-- Few ISBNs are of several editions, and only those are counted. Numbers are grouped faster than
-- texts.
shared as (

    select cast(isbn_13 as bigint) as isbn_number
    from listed
    group by cast(isbn_13 as bigint)
    having count(*) > 1

),

counts as (

    select
        listed.isbn_13,
        count(*) as edition_count,
        count(distinct listed.book_key) as book_count
    from listed
    inner join shared on cast(listed.isbn_13 as bigint) = shared.isbn_number
    group by listed.isbn_13

),

isbns as (

    select
        listed.isbn_13,
        listed.edition_key,
        listed.book_key,
        case
            when counts.isbn_13 is not null then counts.book_count
            when listed.book_key is null then 0
            else 1
        end as book_count,
        coalesce(counts.edition_count, 1) as edition_count
    from listed
    left join counts on listed.isbn_13 = counts.isbn_13

)

select * from isbns
