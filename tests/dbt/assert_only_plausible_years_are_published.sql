-- A book's reported year becomes its year of first publication if and only if it is plausible. Of
-- a dump, where it is not, a later plausible year of another edition may: whether that is the least
-- one, and whether one was lost, is not checked here, since it takes all editions again. The unit
-- test of int_dump_edition_totals and tests/warehouse/test_api_and_dumps_agree.py check it.

with

books as (

    select * from {{ ref('books') }}

)

select
    book_key,
    source,
    first_publish_year,
    first_publish_year_reported,
    fetched_at
from books
where
    first_publish_year is distinct from case
        when
            first_publish_year_reported between {{ var('first_plausible_year') }}
            and extract(year from fetched_at) + {{ var('plausible_years_ahead') }}
            then first_publish_year_reported
        when
            source = 'dump'
            and first_publish_year > first_publish_year_reported
            and first_publish_year between {{ var('first_plausible_year') }}
            and extract(year from fetched_at) + {{ var('plausible_years_ahead') }}
            then first_publish_year
    end
