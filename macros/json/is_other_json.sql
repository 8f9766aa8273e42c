{% macro is_other_json(json, kind) -%}
    ({{ json_kind(json) }} <> '{{ kind }}' and not {{ is_blank_json(json) }})
{%- endmacro %}
