with

editions as (

    select
        book_key,
        publish_year,
        publishers
    from {{ ref('int_dump_editions_placed') }}
    where book_key is not null

),

listed as (

    select
        publisher,
        book_key,
        publish_year
    from
        {{ unnested_list('editions', 'publishers', 'publisher', 'publisher_position') }} as unnested

),

publisher_books as (

    select
        publisher,
        book_key,
        count(*) as edition_count,
        min(publish_year) as first_publish_year,
        max(publish_year) as newest_publish_year
    from listed
    group by publisher, book_key

)

select * from publisher_books
