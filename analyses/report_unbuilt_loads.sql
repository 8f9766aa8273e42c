-- A replay of dead letters amends a commit record; tables are built from the newest one.
select
    landed.dataset,
    landed.subject
from {{ ref('stg_extract__loads') }} as landed
left join {{ ref('loads') }} as loads on landed.load_id = loads.load_id
where
    landed.load_id is not null
    and (loads.completed_at is null or landed.completed_at > loads.completed_at)
group by landed.dataset, landed.subject
order by landed.dataset asc, landed.subject asc nulls first
