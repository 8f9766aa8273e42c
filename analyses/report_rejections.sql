with

placed as (

    select
        dataset,
        subject,
        reason,
        line_start,
        row_number() over (
            partition by dataset, subject, reason order by rejected_record_key
        ) as place,
        count(*) over (partition by dataset, subject, reason) as rejected_count
    from {{ ref('rejected_records') }}

)

select
    dataset,
    subject,
    reason,
    rejected_count,
    substr(line_start, 1, 200) as example
from placed
where place = 1
order by rejected_count desc, dataset asc, subject asc nulls first, reason asc
limit 100
