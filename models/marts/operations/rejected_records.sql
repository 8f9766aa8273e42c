with

rejected as (

    select
        'subject_works' as dataset,
        load_id,
        subject,
        rejected_file,
        rejection_reason,
        rejected_line,
        page_offset,
        page_position as record_position,
        fetched_at as received_at
    from {{ ref('int_works_checked') }}
    where rejection_reason is not null

    union all

    select
        dataset,
        load_id,
        cast(null as varchar) as subject,
        rejected_file,
        rejection_reason,
        rejected_line,
        cast(null as bigint) as page_offset,
        file_row as record_position,
        landed_at as received_at
    from {{ ref('int_file_records_checked') }}
    where rejection_reason is not null

),

numbered as (

    select
        *,
        row_number() over (
            partition by rejected_file
            order by record_position, rejected_line
        ) as number_in_file
    from rejected

),

rejected_records as (

    select
        rejected_file || '#' || cast(number_in_file as varchar) as rejected_record_key,
        dataset,
        load_id,
        subject,
        rejected_file as source_file,
        rejection_reason as reason,
        rejected_line as line_start,
        page_offset,
        record_position,
        received_at
    from numbered

)

select * from rejected_records
