with

works as (

    select
        book_key,
        author_keys
    from {{ ref('int_dump_works_checked') }}
    where rejection_reason is null

),

orphans as (

    select
        replace(edition_key, '/books/', '/works/') as book_key,
        author_keys
    from {{ ref('int_dump_editions_resolved') }}
    where is_orphan

),

authors as (

    select author_key from {{ ref('int_dump_authors_checked') }}
    where rejection_reason is null

),

redirects as (

    select * from {{ ref('int_dump_redirects') }}

),

books as (

    select * from works
    union all
    select * from orphans

),

listed as {{ not_materialized() }} (

    select * from
        {{ unnested_list('books', 'author_keys', 'author_key', 'author_position') }} as unnested

),

-- Few books list an author whose record is gone, and only their lists are rebuilt. Without the dump
-- of authors it is unknown whose is.
outdated as (

    select distinct book_key
    from listed
    where
        not exists (
            select authors.author_key
            from authors
            where authors.author_key = listed.author_key
        )
        and (select count(*) from authors) > 0

),

followed as (

    select
        listed.book_key,
        listed.author_position,
        coalesce(redirects.to_key, listed.author_key) as author_key
    from listed
    inner join outdated on listed.book_key = outdated.book_key
    left join redirects on listed.author_key = redirects.from_key

),

relisted as (

    select
        followed.book_key,
        array_agg(authors.author_key order by followed.author_position) filter (
            where authors.author_key is not null
        ) as author_keys
    from followed
    left join authors on followed.author_key = authors.author_key
    group by followed.book_key

)

select * from relisted
