{#- DuckDB has one writer at a time. On Athena two concurrent builds would both append what is new. -#}
{% macro append_strategy() %}
    {{- return(adapter.dispatch('append_strategy', 'book_analytics')()) -}}
{% endmacro %}

{% macro default__append_strategy() %}
    {{- return('append') -}}
{% endmacro %}

{% macro athena__append_strategy() %}
    {{- return('merge') -}}
{% endmacro %}
