{% macro json_pluck(json, key) %}
    {{- return(adapter.dispatch('json_pluck', 'book_analytics')(json, key)) -}}
{% endmacro %}

{% macro duckdb__json_pluck(json, key) -%}
    cast(json_extract({{ json }}, '$[*].{{ key }}') as varchar[])
{%- endmacro %}

{% macro athena__json_pluck(json, key) -%}
    filter(
        transform(
            {{ json_elements(json) }},
            element -> json_format(json_extract(element, '$.{{ key }}'))
        ),
        value -> value is not null
    )
{%- endmacro %}
