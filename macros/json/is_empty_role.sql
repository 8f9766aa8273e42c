{% macro is_empty_role(role, key) -%}
    coalesce(
        {{ role }} = 'null'
        or ({{ json_kind(role) }} = '{' and coalesce({{ is_blank_json(key) }}, true)),
        true
    )
{%- endmacro %}
