-- The preferred spelling is one of the spellings, so there is one if and only if there are any.

with

authors as (

    select * from {{ ref('authors') }}

)

select
    author_key,
    author_name,
    name_variant_count
from authors
where
    trim(author_name) = ''
    or name_variant_count is null
    or name_variant_count > book_count
    or (author_name is null) <> (name_variant_count = 0)
