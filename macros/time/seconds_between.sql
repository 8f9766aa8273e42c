{% macro seconds_between(start, finish) %}
    {{- return(adapter.dispatch('seconds_between', 'book_analytics')(start, finish)) -}}
{% endmacro %}

{% macro duckdb__seconds_between(start, finish) -%}
    date_diff('millisecond', {{ start }}, {{ finish }}) / cast(1000 as double)
{%- endmacro %}

{% macro athena__seconds_between(start, finish) -%}
    date_diff('millisecond', {{ start }}, {{ finish }}) / cast(1000 as double)
{%- endmacro %}
