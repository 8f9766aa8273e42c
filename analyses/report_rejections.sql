-- Records about people are not quoted: the example only says where one is.

with

ranked as (

    select
        dataset,
        subject,
        reason,
        case
            when dataset in ('streams', 'users')
                then
                    coalesce('row ' || cast(record_position as varchar) || ', in ', '')
                    || regexp_replace(source_file, '^.*/', '')
            else substr(line_start, 1, 200)
        end as example,
        row_number() over (
            partition by dataset, subject, reason order by rejected_record_key
        ) as example_rank,
        count(*) over (partition by dataset, subject, reason) as rejected_count
    from {{ ref('rejected_records') }}

)

select
    dataset,
    subject,
    reason,
    rejected_count,
    example,
    count(*) over () as reason_count
from ranked
where example_rank = 1
order by rejected_count desc, dataset asc, subject asc nulls first, reason asc
limit 100
