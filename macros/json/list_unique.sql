{#- DuckDB's list_distinct keeps no order, and few lists have more than one element. -#}
{% macro list_unique(list) %}
    {{- return(adapter.dispatch('list_unique', 'book_analytics')(list)) -}}
{% endmacro %}

{% macro duckdb__list_unique(list) -%}
    case
        when len({{ list }}) < 2 then {{ list }}
        else list_filter(
            {{ list }}, lambda listed, place: list_position({{ list }}, listed) = place
        )
    end
{%- endmacro %}

{% macro athena__list_unique(list) -%}
    array_distinct({{ list }})
{%- endmacro %}
