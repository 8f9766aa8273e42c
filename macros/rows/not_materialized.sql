{#- Said of what is read more than once and cheap to read, and long. Trino never keeps such rows. -#}
{% macro not_materialized() %}
    {{- return(adapter.dispatch('not_materialized', 'book_analytics')()) -}}
{% endmacro %}

{% macro duckdb__not_materialized() -%}
    not materialized
{%- endmacro %}

{% macro athena__not_materialized() %}{% endmacro %}
