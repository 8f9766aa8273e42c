with

books as (

    select * from {{ ref('books_by_scope') }}

),

grouped as (

    select
        scope,
        case
            when edition_count is null then 0
            when edition_count <= 1 then 1
            when edition_count <= 4 then 2
            when edition_count <= 9 then 3
            when edition_count <= 49 then 4
            when edition_count <= 99 then 5
            else 6
        end as sort_order
    from books

)

select
    scope,
    sort_order,
    case sort_order
        when 0 then 'not said'
        when 1 then '0 or 1'
        when 2 then '2 to 4'
        when 3 then '5 to 9'
        when 4 then '10 to 49'
        when 5 then '50 to 99'
        else '100 or more'
    end as editions,
    count(*) as book_count
from grouped
group by scope, sort_order
order by scope asc, sort_order asc
