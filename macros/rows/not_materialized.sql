{% macro not_materialized() %}
    {{- return(adapter.dispatch('not_materialized', 'book_analytics')()) -}}
{% endmacro %}

{% macro duckdb__not_materialized() -%}
    not materialized
{%- endmacro %}

{% macro athena__not_materialized() %}{% endmacro %}
