{% macro distinct_row_count(columns) %}
    {{- return(
        adapter.dispatch('distinct_row_count', 'book_analytics')(columns | join(', '))
    ) -}}
{% endmacro %}

{#- Of hashes: several times cheaper than of texts. Two rows in ten million share one in one of some
    hundred thousand cases, which then count as one. -#}
{% macro duckdb__distinct_row_count(columns) -%}
    count(distinct hash({{ columns }}))
{%- endmacro %}

{% macro athena__distinct_row_count(columns) -%}
    count(distinct row({{ columns }}))
{%- endmacro %}
