-- Nobody would see the quality of a subject without a summary.

with

subjects as (

    select * from {{ ref('subjects') }}
    where load_id is not null

),

summary as (

    select * from {{ ref('data_quality_summary') }}

)

select
    subjects.subject,
    subjects.load_id
from subjects
left join summary
    on
        subjects.subject = summary.subject
        and subjects.load_id = summary.load_id
where summary.subject is null
