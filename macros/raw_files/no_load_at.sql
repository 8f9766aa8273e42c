{% macro no_load_at() -%}
    cast(current_timestamp - interval '31' day as timestamp(6))
{%- endmacro %}
