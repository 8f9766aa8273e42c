{% macro list_element(list, position) %}
    {{- return(adapter.dispatch('list_element', 'book_analytics')(list, position)) -}}
{% endmacro %}

{% macro duckdb__list_element(list, position) -%}
    {{ list }}[{{ position }}]
{%- endmacro %}

{% macro athena__list_element(list, position) -%}
    element_at({{ list }}, {{ position }})
{%- endmacro %}
