with

works as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

-- Pages overlap and a work has several subjects, but few works come more than once.
superseded as (

    {{ superseded_rows(
        'works',
        row_key=['load_id', 'page_offset', 'page_position'],
        partition_by=['book_key'],
        order_by=['fetched_at desc', 'load_id desc', 'page_offset asc', 'page_position asc'],
    ) }}

)

select * from superseded
