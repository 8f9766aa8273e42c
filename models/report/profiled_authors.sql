with

authors as (

    select * from {{ ref('authors_by_scope') }}

),

profiled_authors as (

    select distinct author_key
    from authors
    where author_rank <= 50

)

select * from profiled_authors
