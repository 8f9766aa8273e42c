{% macro json_kind(json) -%}
    substr({{ json }}, 1, 1)
{%- endmacro %}
