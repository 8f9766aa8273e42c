{#- With the separator that no text should hold, so that ("a b", "c") and ("a", "b c") differ. -#}
{% macro surrogate_key(columns) %}
    {{- return(
        adapter.dispatch('surrogate_key', 'book_analytics')(columns | join(' || chr(31) || '))
    ) -}}
{% endmacro %}

{% macro duckdb__surrogate_key(text) -%}
    md5({{ text }})
{%- endmacro %}

{% macro athena__surrogate_key(text) -%}
    lower(to_hex(md5(to_utf8({{ text }}))))
{%- endmacro %}
