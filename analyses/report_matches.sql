with

best as (

    select
        vendor_book_key,
        max(
            case when is_match then 3 when match_class = 'title only' then 1 else 2 end
        ) as match_quality
    from {{ ref('vendor_book_matches') }}
    group by vendor_book_key

),

classed as (

    select coalesce(best.match_quality, 0) as match_quality
    from {{ ref('vendor_books') }} as vendor_books
    left join best on vendor_books.vendor_book_key = best.vendor_book_key
    where not vendor_books.is_deleted

)

select
    match_quality,
    case match_quality
        when 3 then 'one book, by title and author'
        when 2 then 'several books fit equally'
        when 1 then 'the title only'
        else 'nothing'
    end as found,
    count(*) as book_count
from classed
group by match_quality
order by match_quality desc
