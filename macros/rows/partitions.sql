{#- None on DuckDB: dbt-duckdb warns about partitions that it does not create. -#}
{% macro partitions(transforms) %}
    {{- return(adapter.dispatch('partitions', 'book_analytics')(transforms)) -}}
{% endmacro %}

{% macro default__partitions(transforms) %}
    {{- return(none) -}}
{% endmacro %}

{% macro athena__partitions(transforms) %}
    {{- return(transforms) -}}
{% endmacro %}
