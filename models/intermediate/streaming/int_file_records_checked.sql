{{ config(materialized='view') }}

{% set incremental = received_datasets(is_incremental=true) %}

with

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
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from records
