{% macro has_plain_authors(json) -%}
    {%- set text = '"[^"\\\\]*(\\\\.[^"\\\\]*)*"' -%}
    {%- set key = '"/authors/OL[0-9]+A"' -%}
    {{ text_matches(json, '\\[(\\{"key":' ~ key ~ ',"name":' ~ text ~ '\\},?)*\\]') }}
{%- endmacro %}
