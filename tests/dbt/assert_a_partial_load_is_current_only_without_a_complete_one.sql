-- A trial of the first ten works must not replace the catalog of a whole subject.

with

loads as (

    select * from {{ ref('loads') }}

)

select
    dataset,
    subject,
    count(*) filter (where status = 'complete') as complete_count
from loads
group by dataset, subject
having
    count(*) filter (where is_current and status <> 'complete') > 0
    and count(*) filter (where status = 'complete') > 0
