-- The API is asked for a subject's works, so each was landed under one; a dump's may have none.

with

books as (

    select * from {{ ref('books') }}

)

select book_key
from books
where
    source = 'api'
    and subject_count = 0
