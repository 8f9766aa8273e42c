{% macro text_matches(text, pattern) %}
    {{- return(adapter.dispatch('text_matches', 'book_analytics')(text, pattern)) -}}
{% endmacro %}

{% macro duckdb__text_matches(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro athena__text_matches(text, pattern) -%}
    regexp_like({{ text }}, '^({{ pattern }})\z')
{%- endmacro %}
