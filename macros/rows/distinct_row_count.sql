{% macro distinct_row_count(columns) %}
    {{- return(
        adapter.dispatch('distinct_row_count', 'book_analytics')(columns | join(', '))
    ) -}}
{% endmacro %}

{#- Counting hashes is several times cheaper than counting texts. Among ten million rows, two share a
    hash in one of some hundred thousand cases, and then count as one. -#}
{% macro duckdb__distinct_row_count(columns) -%}
    count(distinct hash({{ columns }}))
{%- endmacro %}

{% macro athena__distinct_row_count(columns) -%}
    count(distinct row({{ columns }}))
{%- endmacro %}
