-- Without a current load the subject's books are missing; with two they are a mixture.

with

loads as (

    select * from {{ ref('loads') }}

)

select
    dataset,
    subject,
    count(*) filter (where is_current) as current_count
from loads
where status in ('complete', 'partial')
group by dataset, subject
having count(*) filter (where is_current) <> 1
