{% macro json_fields(text, paths) %}
    {{- return(adapter.dispatch('json_fields', 'book_analytics')(text, paths)) -}}
{% endmacro %}

{% macro duckdb__json_fields(text, paths) -%}
    cast(try(json_extract({{ text }}, ['{{ paths | join("', '") }}'])) as varchar[])
{%- endmacro %}

{% macro athena__json_fields(text, paths) -%}
    element_at(
        transform(
            filter(array[try(json_parse({{ text }}))], document -> document is not null),
            document -> array[
                {%- for path in paths %}
                json_format(json_extract(document, '{{ path }}')){{ ',' if not loop.last }}
                {%- endfor %}
            ]
        ),
        1
    )
{%- endmacro %}
