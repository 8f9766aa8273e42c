{% macro list_join(list, separator='') %}
    {{- return(adapter.dispatch('list_join', 'book_analytics')(list, separator)) -}}
{% endmacro %}

{% macro duckdb__list_join(list, separator) -%}
    array_to_string({{ list }}, '{{ separator }}')
{%- endmacro %}

{% macro athena__list_join(list, separator) -%}
    array_join({{ list }}, '{{ separator }}')
{%- endmacro %}
