{% macro iso_timestamp(text) %}
    {{- return(adapter.dispatch('iso_timestamp', 'book_analytics')(text)) -}}
{% endmacro %}

{% macro duckdb__iso_timestamp(text) -%}
    try_cast({{ text }} as timestamp)
{%- endmacro %}

{% macro athena__iso_timestamp(text) -%}
    try_cast(replace(replace({{ text }}, 'T', ' '), 'Z', '') as timestamp(6))
{%- endmacro %}
