{#- Replaces dbt's own, which reads the clock. dbt renders it where `ref` is not available. -#}
{% macro default__snapshot_get_time() -%}
    (
        select max(load_started_at)
        from {{ relation_named('int_files_listed') }}
        where
            is_current
            and dataset in ('{{ received_datasets() | join("', '") }}')
    )
{%- endmacro %}
