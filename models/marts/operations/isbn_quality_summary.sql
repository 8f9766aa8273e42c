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

)

select * from isbn_quality_summary
