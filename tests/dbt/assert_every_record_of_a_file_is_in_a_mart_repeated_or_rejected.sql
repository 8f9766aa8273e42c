-- Counted from the marts: a record that is neither kept nor counted as duplicate or rejected is
-- lost.

{% set with_history = [
    'movies', 'vendor_books', 'vendor_authors', 'vendor_reviews', 'store_books'
] %}

with

summary as (

    select * from {{ ref('file_quality_summary') }}
    where dataset not like 'dump%'

),

kept as (

    {% for dataset in received_datasets() %}
        select
            '{{ dataset }}' as dataset,
            count(*) as row_count
        from {{ ref(dataset) }}
        {{ 'where not is_deleted and not is_rejected_now' if dataset in with_history }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

rejected as (

    select
        dataset,
        count(*) as row_count
    from {{ ref('rejected_records') }}
    group by dataset

)

select
    summary.*,
    kept.row_count,
    rejected.row_count as rejected_row_count
from summary
left join kept on summary.dataset = kept.dataset
left join rejected on summary.dataset = rejected.dataset
where
    summary.record_count - summary.rejected_count - summary.duplicate_count <> kept.row_count
    or summary.rejected_count <> coalesce(rejected.row_count, 0)
    or kept.row_count is null
