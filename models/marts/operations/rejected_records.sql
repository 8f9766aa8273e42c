with

rejected as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is not null

),

numbered as (

    select
        *,
        row_number() over (
            partition by rejected_file
            order by page_position, rejected_line
        ) as number_in_file
    from rejected

),

rejected_records as (

    select
        rejected_file || '#' || cast(number_in_file as varchar) as rejected_record_key,
        load_id,
        subject,
        rejected_file as source_file,
        rejection_reason as reason,
        rejected_line as line_start,
        page_offset,
        page_position,
        fetched_at
    from numbered

)

select * from rejected_records
