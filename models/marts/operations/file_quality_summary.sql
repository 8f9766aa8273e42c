with

files as (

    select * from {{ ref('int_files_listed') }}
    where is_current

),

records as (

    select * from {{ ref('int_file_records_checked') }}

),

record_counts as (

    select
        dataset,
        count(*) as record_count,
        count(rejection_reason) as rejected_count,
        count(*) filter (where rejection_reason is null and record_rank > 1) as repeated_count
    from records
    group by dataset

),

-- Which record of an incremental dataset counts is decided over all loads, in its mart.
incremental_counts as (

    {% for dataset in received_datasets(is_incremental=true) %}
        select
            '{{ dataset }}' as dataset,
            count(*) as kept_count
        from {{ ref(dataset) }}
        {{ 'union all' if not loop.last }}
    {% else %}
        select
            cast(null as varchar) as dataset,
            0 as kept_count
    {% endfor %}

),

file_quality_summary as (

    select
        files.dataset,
        files.load_id,
        files.file_name,
        files.byte_count,
        coalesce(record_counts.record_count, 0) as record_count,
        coalesce(record_counts.rejected_count, 0) as rejected_count,
        coalesce(
            record_counts.record_count
            - record_counts.rejected_count
            - incremental_counts.kept_count,
            record_counts.repeated_count,
            0
        ) as duplicate_count
    from files
    left join record_counts on files.dataset = record_counts.dataset
    left join incremental_counts on files.dataset = incremental_counts.dataset

)

select * from file_quality_summary
