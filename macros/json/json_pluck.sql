{% macro json_pluck(json, key) %}
    {{- return(adapter.dispatch('json_pluck', 'book_analytics')(json, key)) -}}
{% endmacro %}

{% macro duckdb__json_pluck(json, key) -%}
    cast(json_extract({{ json }}, '$[*].{{ key }}') as varchar[])
{%- endmacro %}

{#- By place, because a cast to a list would take the last of a key's values, not the first. The
    place after the last one holds nothing, like an element that lacks the key. -#}
{% macro athena__json_pluck(json, key) -%}
    filter(
        transform(
            sequence(0, json_array_length({{ json }})),
            place -> json_format(
                json_extract({{ json }}, '$[' || cast(place as varchar) || '].{{ key }}')
            )
        ),
        value -> value is not null
    )
{%- endmacro %}
