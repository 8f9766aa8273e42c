{% macro json_elements(json) %}
    {{- return(adapter.dispatch('json_elements', 'book_analytics')(json)) -}}
{% endmacro %}

{% macro duckdb__json_elements(json) -%}
    cast(json_extract({{ json }}, '$[*]') as varchar[])
{%- endmacro %}

{% macro athena__json_elements(json) -%}
    transform(
        try(cast(json_parse({{ json }}) as array(json))),
        element -> json_format(element)
    )
{%- endmacro %}
