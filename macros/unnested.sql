{% macro unnested(relation, list, element, position) %}
    {{- return(
        adapter.dispatch('unnested', 'book_analytics')(relation, list, element, position)
    ) -}}
{% endmacro %}

{% macro duckdb__unnested(relation, list, element, position) -%}
    (
        select
            *,
            unnest(unnested_list) as {{ element }},
            generate_subscripts(unnested_list, 1) as {{ position }}
        from (select *, {{ list }} as unnested_list from {{ relation }})
    )
{%- endmacro %}

{% macro athena__unnested(relation, list, element, position) -%}
    (
        select
            {{ relation }}.*,
            unnested_list.{{ element }},
            unnested_list.{{ position }}
        from {{ relation }}
        cross join unnest({{ list }})
            with ordinality as unnested_list ({{ element }}, {{ position }})
    )
{%- endmacro %}
