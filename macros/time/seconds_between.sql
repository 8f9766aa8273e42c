{% macro seconds_between(start, finish) -%}
    date_diff('millisecond', {{ start }}, {{ finish }}) / cast(1000 as double)
{%- endmacro %}
