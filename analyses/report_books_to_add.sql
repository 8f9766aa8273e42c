{%- set parts = ['interest', 'rating', 'rising'] -%}
{%- set weights = {} -%}
{%- for part in parts -%}{%- do weights.update({part: var(part ~ '_weight')}) -%}{%- endfor -%}

with

books_to_add as (

    select * from {{ ref('books_to_add') }}
    where rank <= 100

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
    {% for part in parts %}
    round(
        books_to_add.{{ part }}_part
        * cast({{ weights[part] / (weights.values() | sum) }} as double),
        4
    ) as {{ part }}_points,
    {% endfor %}
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
