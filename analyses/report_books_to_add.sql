{#- Each part's share of the score. -#}
{%- set weights = {} -%}
{%- set sum = var('interest_weight') + var('rating_weight') + var('rising_weight') -%}
{%- for part in ['interest', 'rating', 'rising'] -%}
    {%- do weights.update({part: 'cast(' ~ var(part ~ '_weight') / sum ~ ' as double)'}) -%}
{%- endfor -%}

with

books_to_add as (

    select * from {{ ref('books_to_add') }}
    where rank <= 200

),

popularity as (

    select * from {{ ref('book_popularity') }}

)

select
    books_to_add.subject as scope,
    books_to_add.rank as add_rank,
    books_to_add.book_key,
    books_to_add.title,
    books_to_add.authors,
    books_to_add.first_publish_year,
    books_to_add.score,
    {{ rounded('books_to_add.interest_part * ' ~ weights['interest'], 4) }} as interest_points,
    {{ rounded('books_to_add.rating_part * ' ~ weights['rating'], 4) }} as rating_points,
    {{ rounded('books_to_add.rising_part * ' ~ weights['rising'], 4) }} as rising_points,
    books_to_add.reader_count,
    popularity.reader_count_12_months,
    popularity.reader_count_12_months_before,
    books_to_add.rating_count,
    popularity.rating_average,
    books_to_add.languages,
    books_to_add.isbn_13,
    books_to_add.isbns_to_order
from books_to_add
inner join popularity on books_to_add.book_key = popularity.book_key
order by books_to_add.subject asc, books_to_add.rank asc
