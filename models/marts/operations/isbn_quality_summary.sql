with

editions as (

    select
        isbns_13,
        isbn_faults
    from {{ ref('int_dump_editions_checked') }}
    where rejection_reason is null

),

faults as (

    select fault
    from {{ unnested_list('editions', 'isbn_faults', 'fault', 'fault_position') }} as unnested

),

valid_counts as (

    select cast(sum(cardinality(isbns_13)) as bigint) as isbn_count from editions

),

items as (

    select
        isbn_13,
        isbn_fault
    from {{ ref('int_store_books_checked') }}
    where
        rejection_reason is null
        and record_rank = 1

),

isbn_quality_summary as (

    select
        'dump' as source,
        'valid' as reason,
        isbn_count
    from valid_counts
    where isbn_count > 0

    union all

    select
        'dump' as source,
        fault as reason,
        count(*) as isbn_count
    from faults
    group by fault

    union all

    select
        'store' as source,
        coalesce(isbn_fault, 'valid') as reason,
        count(*) as isbn_count
    from items
    where isbn_13 is not null or isbn_fault is not null
    group by coalesce(isbn_fault, 'valid')

)

select * from isbn_quality_summary
