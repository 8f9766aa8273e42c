-- A line that the engine skipped (not UTF-8, over 16 MB), a part that vanished from the raw zone or
-- a part that was landed twice would otherwise change the catalog without a word.

with

current_loads as (

    select * from {{ ref('int_loads_committed') }}
    where is_current

),

works as (

    select * from {{ ref('int_works_checked') }}

),

read_counts as (

    select
        load_id,
        count(*) as read_count
    from works
    group by load_id

)

select
    current_loads.load_id,
    current_loads.record_count,
    read_counts.read_count
from current_loads
left join read_counts on current_loads.load_id = read_counts.load_id
where coalesce(read_counts.read_count, 0) is distinct from current_loads.record_count
