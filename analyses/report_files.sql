with

files as (

    select
        file_quality_summary.*,
        loads.started_at as load_started_at,
        loads.completed_at as loaded_at
    from {{ ref('file_quality_summary') }} as file_quality_summary
    inner join {{ ref('loads') }} as loads on file_quality_summary.load_id = loads.load_id
    where file_quality_summary.dataset not like 'dump%'

),

versions as (

    {% set histories = {
        'movies': 'movie_key',
        'vendor_authors': 'vendor_author_key',
        'vendor_books': 'vendor_book_key',
        'vendor_reviews': 'vendor_review_key',
    } %}
    {% for dataset, row_key in histories.items() %}
        select
            '{{ dataset }}' as dataset,
            {{ row_key }} as row_key,
            dbt_valid_from as valid_from,
            dbt_valid_to is null and dbt_is_deleted = 'True' as is_deleted_now
        from {{ ref(dataset ~ '_history') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

records as (

    select
        dataset,
        row_key,
        min(valid_from) as first_from,
        max(valid_from) as last_from,
        max(case when is_deleted_now then 1 else 0 end) as is_deleted
    from versions
    group by dataset, row_key

),

-- Where no version is older than the load, there is nothing to compare it with.
changes as (

    select
        records.dataset,
        count(*) filter (
            where records.first_from >= files.load_started_at
        ) as new_count,
        count(*) filter (
            where
            records.first_from < files.load_started_at
            and records.last_from >= files.load_started_at
            and records.is_deleted = 0
        ) as changed_count,
        count(*) filter (
            where
            records.last_from >= files.load_started_at
            and records.is_deleted = 1
        ) as gone_count
    from records
    inner join files on records.dataset = files.dataset
    group by records.dataset, files.load_started_at
    having min(records.first_from) < files.load_started_at

)

select
    files.dataset,
    files.file_name,
    files.byte_count,
    files.record_count,
    files.rejected_count,
    files.duplicate_count,
    changes.new_count,
    changes.changed_count,
    changes.gone_count,
    files.load_id,
    files.loaded_at
from files
left join changes on files.dataset = changes.dataset
order by files.dataset
