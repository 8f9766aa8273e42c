with

editions as (

    select
        book_key,
        publish_year,
        regexp_extract_all(languages, '[a-z]+') as language_codes
    from {{ ref('editions') }}
    where
        book_key is not null
        and languages is not null

),

listed as (

    select
        book_key,
        language_code,
        publish_year
    from
        {{ unnested_list('editions', 'language_codes', 'language_code', 'language_position') }}
            as unnested

),

book_languages as (

    select
        book_key,
        language_code,
        count(*) as edition_count,
        min(publish_year) as first_publish_year,
        max(publish_year) as newest_publish_year
    from listed
    group by book_key, language_code

)

select * from book_languages
