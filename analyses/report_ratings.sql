select
    rating,
    count(*) as review_count
from {{ ref('vendor_reviews') }}
where
    not is_deleted
    and rating is not null
group by rating
order by rating
