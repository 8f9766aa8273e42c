{#- Replaces dbt's own, which reads the clock. dbt renders it where `ref` is not available. A history
    has its dataset's name: sets of files are received at different times. -#}
{% macro default__snapshot_get_time() -%}
    (
        select max(load_started_at)
        from {{ relation_named('int_files_listed') }}
        where
            is_current
            and dataset = '{{ model.name.removesuffix("_history") }}'
    )
{%- endmacro %}
