-- Counted from the marts: a record that is neither kept nor counted as duplicate or rejected is
-- lost.

with

summary as (

    select * from {{ ref('file_quality_summary') }}

),

kept as (

    select
        'movies' as dataset,
        count(*) as row_count
    from {{ ref('movies') }}
    where not is_deleted

    union all

    select
        'streams' as dataset,
        count(*) as row_count
    from {{ ref('streams') }}

    union all

    select
        'users' as dataset,
        count(*) as row_count
    from {{ ref('users') }}

    union all

    select
        'vendor_books' as dataset,
        count(*) as row_count
    from {{ ref('vendor_books') }}
    where not is_deleted

    union all

    select
        'vendor_authors' as dataset,
        count(*) as row_count
    from {{ ref('vendor_authors') }}
    where not is_deleted

    union all

    select
        'vendor_reviews' as dataset,
        count(*) as row_count
    from {{ ref('vendor_reviews') }}
    where not is_deleted

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
