{% macro json_texts(text, paths) %}
    {{- return(adapter.dispatch('json_texts', 'book_analytics')(text, paths)) -}}
{% endmacro %}

{% macro duckdb__json_texts(text, paths) -%}
    try(json_extract_string({{ text }}, ['{{ paths | join("', '") }}']))
{%- endmacro %}

{% macro athena__json_texts(text, paths) -%}
    case
        when try(json_parse({{ text }})) is not null
            then array[
                {%- for path in paths %}
                json_extract_scalar({{ text }}, '{{ path }}'){{ ',' if not loop.last }}
                {%- endfor %}
            ]
    end
{%- endmacro %}
