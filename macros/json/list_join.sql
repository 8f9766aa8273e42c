{% macro list_join(list) %}
    {{- return(adapter.dispatch('list_join', 'book_analytics')(list)) -}}
{% endmacro %}

{% macro duckdb__list_join(list) -%}
    array_to_string({{ list }}, '')
{%- endmacro %}

{% macro athena__list_join(list) -%}
    array_join({{ list }}, '')
{%- endmacro %}
