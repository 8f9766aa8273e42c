-- Three faults would otherwise change the catalog silently: a line that the engine skipped (not
-- UTF-8, over 16 MB), a part that vanished from the raw zone, and a listed part that is not what
-- was landed.

with

loads as (

    select * from {{ ref('loads') }}
    where
        is_current
        and subject is not null

),

summary as (

    select * from {{ ref('data_quality_summary') }}

),

dump_files as (

    select * from {{ ref('int_files_listed') }}
    where
        is_current
        and dataset like 'dump_%'

),

dump_summary as (

    select * from {{ ref('file_quality_summary') }}

)

select
    'subject_works' as dataset,
    loads.load_id,
    loads.record_count,
    summary.record_count as read_count
from loads
left join summary on loads.load_id = summary.load_id
where summary.record_count is distinct from loads.record_count

union all

select
    dump_files.dataset,
    dump_files.load_id,
    dump_files.record_count,
    dump_summary.record_count as read_count
from dump_files
left join dump_summary on dump_files.dataset = dump_summary.dataset
where dump_summary.record_count is distinct from dump_files.record_count
