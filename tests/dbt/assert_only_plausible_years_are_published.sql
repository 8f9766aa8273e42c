-- A book's reported year becomes its year of first publication if and only if it is plausible; of a
-- dump, where it is not, a later year of another edition does.

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
