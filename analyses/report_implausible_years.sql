with

doubted as (

    select
        books.book_key,
        books.title,
        books.first_publish_year_reported,
        books.edition_count,
        books.first_publish_year is not null as is_counted,
        case
            when doubtful_years.book_key is not null then doubtful_years.doubt
            when books.first_publish_year_reported < {{ var('first_plausible_year') }}
                then 'before {{ var("first_plausible_year") }}'
            else 'in the future'
        end as doubt
    from {{ ref('books') }} as books
    left join {{ ref('doubtful_years') }} as doubtful_years
        on books.book_key = doubtful_years.book_key
    where
        books.first_publish_year_reported is not null
        and (books.first_publish_year is null or doubtful_years.book_key is not null)

),

ranked as (

    select
        *,
        row_number() over (
            partition by is_counted
            order by edition_count desc nulls last, title asc nulls last, book_key asc
        ) as book_rank,
        count(*) over (partition by is_counted) as book_count
    from doubted

)

select
    is_counted,
    book_rank,
    book_key,
    title,
    first_publish_year_reported,
    doubt,
    edition_count,
    book_count
from ranked
where book_rank <= 200
order by is_counted asc, book_rank asc
