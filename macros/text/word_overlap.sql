{% macro word_overlap(first, second) %}
    {{- return(adapter.dispatch('word_overlap', 'book_analytics')(first, second)) -}}
{% endmacro %}

{#- A null is an empty list to list_intersect and list_concat. -#}
{% macro duckdb__word_overlap(first, second) -%}
    len(list_intersect(string_split({{ first }}, ' '), string_split({{ second }}, ' ')))
    / case
        when {{ first }} is not null and {{ second }} is not null
            then cast(
                len(list_distinct(
                    list_concat(string_split({{ first }}, ' '), string_split({{ second }}, ' '))
                )) as double
            )
    end
{%- endmacro %}

{% macro athena__word_overlap(first, second) -%}
    cardinality(array_intersect(split({{ first }}, ' '), split({{ second }}, ' ')))
    / cast(cardinality(array_union(split({{ first }}, ' '), split({{ second }}, ' '))) as double)
{%- endmacro %}
