{{ config(materialized='view') }}

with

records as (

    select
        cast('dump_works' as varchar) as dataset,
        rejection_reason,
        rejected_file,
        rejected_line
    from {{ ref('int_dump_works_checked') }}

    union all

    select
        cast('dump_editions' as varchar) as dataset,
        rejection_reason,
        rejected_file,
        rejected_line
    from {{ ref('int_dump_editions_checked') }}

    union all

    select
        cast('dump_authors' as varchar) as dataset,
        rejection_reason,
        rejected_file,
        rejected_line
    from {{ ref('int_dump_authors_checked') }}

    union all

    select
        dataset,
        rejection_reason,
        rejected_file,
        rejected_line
    from {{ ref('int_dump_moves_checked') }}

    union all

    select
        cast('dump_ratings' as varchar) as dataset,
        rejection_reason,
        rejected_file,
        rejected_line
    from {{ ref('int_dump_ratings_checked') }}

    union all

    select
        cast('dump_reading_log' as varchar) as dataset,
        rejection_reason,
        rejected_file,
        rejected_line
    from {{ ref('int_dump_reading_log_checked') }}

)

select * from records
