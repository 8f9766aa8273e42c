select
    files.dataset,
    files.file_name,
    files.byte_count,
    files.record_count,
    files.rejected_count,
    files.duplicate_count,
    files.load_id,
    loads.completed_at as loaded_at
from {{ ref('file_quality_summary') }} as files
inner join {{ ref('loads') }} as loads on files.load_id = loads.load_id
order by files.dataset
