with

authors as (

    select * from {{ ref('authors_by_scope') }}

),

averages as (

    select
        scope,
        dated_book_count,
        active_year_count,
        cast(dated_book_count as double) / active_year_count as average_books
    from authors
    where active_year_count > 0

),

grouped as (

    select
        scope,
        dated_book_count,
        active_year_count,
        case
            when average_books = 1 then 1
            when average_books <= 1.5 then 2
            when average_books <= 2 then 3
            when average_books <= 3 then 4
            when average_books <= 5 then 5
            when average_books <= 10 then 6
            else 7
        end as sort_order
    from averages

)

select
    scope,
    sort_order,
    case sort_order
        when 1 then '1'
        when 2 then 'over 1 to 1.5'
        when 3 then 'over 1.5 to 2'
        when 4 then 'over 2 to 3'
        when 5 then 'over 3 to 5'
        when 6 then 'over 5 to 10'
        else 'over 10'
    end as average_books,
    count(*) as author_count,
    cast(sum(dated_book_count) as bigint) as dated_book_count,
    cast(sum(active_year_count) as bigint) as active_year_count
from grouped
group by scope, sort_order
order by scope asc, sort_order asc
