{#- By the first place of each, because DuckDB's list_distinct keeps no order. Few lists have more than
    one element. -#}
{% macro list_unique(list) %}
    {{- return(adapter.dispatch('list_unique', 'book_analytics')(list)) -}}
{% endmacro %}

{% macro duckdb__list_unique(list) -%}
    case
        when len({{ list }}) < 2 then {{ list }}
        else list_transform(
            list_sort(list_distinct(
                list_transform({{ list }}, lambda listed: list_position({{ list }}, listed))
            )),
            lambda place: {{ list }}[place]
        )
    end
{%- endmacro %}

{% macro athena__list_unique(list) -%}
    array_distinct({{ list }})
{%- endmacro %}
