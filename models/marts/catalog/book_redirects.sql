with

redirects as (

    select * from {{ ref('int_dump_redirects') }}

),

book_redirects as (

    select
        from_key,
        to_key
    from redirects

)

select * from book_redirects
