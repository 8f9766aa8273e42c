with

works as (

    select * from {{ ref('int_works_checked') }}
    where rejection_reason is null

),

-- Pages overlap and a work has several subjects, but few works come more than once: only those are
-- put in order.
repeated as (

    select book_key
    from works
    group by book_key
    having count(*) > 1

),

ordered as (

    select
        works.load_id,
        works.page_offset,
        works.page_position,
        row_number() over (
            partition by works.book_key
            order by
                works.fetched_at desc,
                works.load_id desc,
                works.page_offset asc,
                works.page_position asc
        ) as fetch_rank
    from works
    inner join repeated on works.book_key = repeated.book_key

),

superseded as (

    select
        load_id,
        page_offset,
        page_position
    from ordered
    where fetch_rank > 1

)

select * from superseded
