{% macro json_pluck(json, key) %}
    {{- return(adapter.dispatch('json_pluck', 'book_analytics')(json, key)) -}}
{% endmacro %}

{% macro duckdb__json_pluck(json, key) -%}
    cast(json_extract({{ json }}, '$[*].{{ key }}') as varchar[])
{%- endmacro %}

{#- By position, because a cast to a list would take a repeated key's last value, not its first. The
    position after the last one yields null, like an element that lacks the key. -#}
{% macro athena__json_pluck(json, key) -%}
    filter(
        transform(
            sequence(0, json_array_length({{ json }})),
            nth -> json_format(
                json_extract({{ json }}, '$[' || cast(nth as varchar) || '].{{ key }}')
            )
        ),
        value -> value is not null
    )
{%- endmacro %}
