{% macro is_blank_json(json) -%}
    {{ json }} in ('null', '""')
{%- endmacro %}
