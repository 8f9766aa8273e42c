{% macro json_fields(text, paths) %}
    {{- return(adapter.dispatch('json_fields', 'book_analytics')(text, paths)) -}}
{% endmacro %}

{% macro duckdb__json_fields(text, paths) -%}
    cast(try(json_extract({{ text }}, ['{{ paths | join("', '") }}'])) as varchar[])
{%- endmacro %}

{% macro athena__json_fields(text, paths) -%}
    case
        when try(json_parse({{ text }})) is not null
            then array[
                {%- for path in paths %}
                json_format(json_extract({{ text }}, '{{ path }}')){{ ',' if not loop.last }}
                {%- endfor %}
            ]
    end
{%- endmacro %}
