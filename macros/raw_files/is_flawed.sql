{% macro is_flawed(line) -%}
    {{ line }} like '{"flaw":%'
{%- endmacro %}
