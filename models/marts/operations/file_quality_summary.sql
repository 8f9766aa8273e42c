with

files as (

    select * from {{ ref('int_files_listed') }}
    where is_current

),

records as (

    select
        'movies' as dataset,
        rejection_reason,
        record_rank
    from {{ ref('int_movies_checked') }}

    union all

    select
        'streams' as dataset,
        rejection_reason,
        1 as record_rank
    from {{ ref('int_streams_checked') }}

    union all

    select
        'users' as dataset,
        rejection_reason,
        record_rank
    from {{ ref('int_users_checked') }}

    union all

    select
        'vendor_books' as dataset,
        rejection_reason,
        record_rank
    from {{ ref('int_vendor_books_checked') }}

    union all

    select
        'vendor_authors' as dataset,
        rejection_reason,
        record_rank
    from {{ ref('int_vendor_authors_checked') }}

    union all

    select
        'vendor_reviews' as dataset,
        rejection_reason,
        record_rank
    from {{ ref('int_vendor_reviews_checked') }}

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

stream_counts as (

    select
        'streams' as dataset,
        count(*) as kept_count
    from {{ ref('streams') }}

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
            record_counts.record_count - record_counts.rejected_count - stream_counts.kept_count,
            record_counts.repeated_count,
            0
        ) as duplicate_count
    from files
    left join record_counts on files.dataset = record_counts.dataset
    left join stream_counts on files.dataset = stream_counts.dataset

)

select * from file_quality_summary
