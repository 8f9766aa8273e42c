{% macro list_map(list, element, expression) %}
    {{- return(adapter.dispatch('list_map', 'book_analytics')(list, element, expression)) -}}
{% endmacro %}

{% macro duckdb__list_map(list, element, expression) -%}
    list_filter(
        list_transform({{ list }}, lambda {{ element }}: {{ expression }}),
        lambda made: made is not null
    )
{%- endmacro %}

{% macro athena__list_map(list, element, expression) -%}
    filter(transform({{ list }}, {{ element }} -> {{ expression }}), made -> made is not null)
{%- endmacro %}
