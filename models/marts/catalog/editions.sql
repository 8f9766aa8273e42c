with

placed as (

    select * from {{ ref('int_dump_editions_placed') }}

),

editions as (

    select
        -- ids
        edition_key,
        book_key,
        -- without any, the list has no first
        try(isbns_13[1]) as isbn_13,

        -- text
        title,
        try(publishers[1]) as publisher,
        nullif({{ list_join('language_codes', ', ') }}, '') as languages,
        publish_date,
        physical_format,

        -- numbers
        publish_year,
        page_count,

        -- booleans
        has_scan
    from placed

)

select * from editions
