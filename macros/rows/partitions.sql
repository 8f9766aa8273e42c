{#- dbt-duckdb warns about partitions that it will not make, hence none there. -#}
{% macro partitions(transforms) %}
    {{- return(adapter.dispatch('partitions', 'book_analytics')(transforms)) -}}
{% endmacro %}

{% macro default__partitions(transforms) %}
    {{- return(none) -}}
{% endmacro %}

{% macro athena__partitions(transforms) %}
    {{- return(transforms) -}}
{% endmacro %}
