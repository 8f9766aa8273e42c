{% macro has_offset_form(text) -%}
    {%- set day = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = '([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?' -%}
    {#- Up to 14 hours: Trino's limit. -#}
    {%- set offset = '(Z|[+-](0[0-9]|1[0-3])(:?[0-5][0-9])?|[+-]14(:?00)?)' -%}
    {{ text_matches(text, day ~ '[T ]' ~ time ~ offset) }}
{%- endmacro %}
