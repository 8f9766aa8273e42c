{% macro json_scalar(json) %}
    {{- return(adapter.dispatch('json_scalar', 'book_analytics')(json)) -}}
{% endmacro %}

{% macro duckdb__json_scalar(json) -%}
    case
        when substr({{ json }}, 1, 1) not in ('{', '[') then json_extract_string({{ json }}, '$')
    end
{%- endmacro %}

{% macro athena__json_scalar(json) -%}
    json_extract_scalar({{ json }}, '$')
{%- endmacro %}
