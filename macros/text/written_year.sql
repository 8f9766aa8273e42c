{% macro written_year(text) -%}
    {%- set other = '[^\\p{L}\\p{N}_]' -%}
    try_cast(nullif(
        regexp_extract({{ text }}, '(?:^|{{ other }})([0-9]{4})(?:$|{{ other }})', 1), ''
    ) as integer)
{%- endmacro %}
