{#- dbt's own is the clock. A record is gone since the load that lacks it, whenever that is built. -#}
{% macro duckdb__snapshot_get_time() -%}
    {{ newest_files_landed_at() }}
{%- endmacro %}

{% macro athena__snapshot_get_time() -%}
    {{ newest_files_landed_at() }}
{%- endmacro %}
