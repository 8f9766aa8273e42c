{#- With the separator that no text should hold, so that ("a b", "c") and ("a", "b c") differ. -#}
{% macro surrogate_key(columns) -%}
    {{ dbt.hash(columns | join(' || chr(31) || ')) }}
{%- endmacro %}
