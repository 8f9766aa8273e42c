{% macro word_overlap(first, second) %}
    {{- return(adapter.dispatch('word_overlap', 'book_analytics')(first, second)) -}}
{% endmacro %}

{% macro duckdb__word_overlap(first, second) -%}
    len(list_intersect(string_split({{ first }}, ' '), string_split({{ second }}, ' ')))
    / cast(
        len(list_distinct(
            list_concat(string_split({{ first }}, ' '), string_split({{ second }}, ' '))
        )) as double
    )
{%- endmacro %}

{% macro athena__word_overlap(first, second) -%}
    cardinality(array_intersect(split({{ first }}, ' '), split({{ second }}, ' ')))
    / cast(cardinality(array_union(split({{ first }}, ' '), split({{ second }}, ' '))) as double)
{%- endmacro %}
