{% macro unnested_list(relation, list, column, position) %}
    {{- return(
        adapter.dispatch('unnested_list', 'book_analytics')(relation, list, column, position)
    ) -}}
{% endmacro %}

{% macro duckdb__unnested_list(relation, list, column, position) -%}
    (
        select
            *,
            unnest({{ list }}) as {{ column }},
            generate_subscripts({{ list }}, 1) as {{ position }}
        from {{ relation }}
    )
{%- endmacro %}

{% macro athena__unnested_list(relation, list, column, position) -%}
    (
        select
            {{ relation }}.*,
            listed.{{ column }},
            listed.{{ position }}
        from {{ relation }}
        cross join
            unnest({{ relation }}.{{ list }})
                with ordinality
                as listed ({{ column }}, {{ position }})
    )
{%- endmacro %}
