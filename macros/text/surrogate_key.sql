{#- The separator should not occur in any text, so that ("a b", "c") and ("a", "b c") differ. -#}
{% macro surrogate_key(columns) -%}
    {{ dbt.hash(columns | join(' || chr(31) || ')) }}
{%- endmacro %}
