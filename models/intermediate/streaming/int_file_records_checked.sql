{{ config(materialized='view') }}

{% set incremental = received_datasets(is_incremental=true) %}

with

dumps as (

    select load_id from {{ ref('int_loads_committed') }}
    where is_current and dumped_at is not null

),

dump_records as (

    {% for dump in ['works', 'editions', 'authors', 'ratings', 'reading_log'] %}
        select
            cast('dump_{{ dump }}' as varchar) as dataset,
            rejection_reason,
            rejected_file,
            rejected_line
        from {{ ref('int_dump_' ~ dump ~ '_checked') }}
        union all
    {% endfor %}

    select
        dataset,
        rejection_reason,
        rejected_file,
        rejected_line
    from {{ ref('int_dump_moves_checked') }}

),

records as (

    {% for dataset in received_datasets() %}
        select
            cast('{{ dataset }}' as varchar) as dataset,
            load_id,
            file_row,
            landed_at,
            rejection_reason,
            rejected_file,
            rejected_line,
            {{ 1 if dataset in incremental else 'record_rank' }} as record_rank
        from {{ ref('int_' ~ dataset ~ '_checked') }}
        union all
    {% endfor %}

    select
        dump_records.dataset,
        dumps.load_id,
        cast(null as bigint) as file_row,
        cast(null as timestamp(6)) as landed_at,
        dump_records.rejection_reason,
        dump_records.rejected_file,
        dump_records.rejected_line,
        1 as record_rank
    from dump_records
    cross join dumps

)

select * from records
