{% macro unnested(relation, json, fields, position) %}
    {{- return(
        adapter.dispatch('unnested', 'book_analytics')(relation, json, fields, position)
    ) -}}
{% endmacro %}

{% macro duckdb__unnested(relation, json, fields, position) -%}
    (
        select
            *,
            {%- for field, column in fields.items() %}
            json_object.{{ field }} as {{ column }},
            {%- endfor %}
        from (
            select
                *,
                unnest(json_objects) as json_object,
                generate_subscripts(json_objects, 1) as {{ position }}
            from (
                select
                    *,
                    try(from_json({{ json }}, '[{
                        {%- for field in fields -%}
                        "{{ field }}": "VARCHAR"{{ ', ' if not loop.last }}
                        {%- endfor -%}
                    }]')) as json_objects
                from {{ relation }}
            )
        )
    )
{%- endmacro %}

{% macro athena__unnested(relation, json, fields, position) -%}
    (
        select
            {{ relation }}.*,
            json_objects.{{ fields.values() | join(', json_objects.') }},
            json_objects.{{ position }}
        from {{ relation }}
        cross join
            unnest(
                try(
                    cast(
                        json_parse({{ json }}) as array(
                            row({{ fields.keys() | join(' varchar, ') }} varchar)
                        )
                    )
                )
            ) with ordinality
                as json_objects ({{ fields.values() | join(', ') }}, {{ position }})
    )
{%- endmacro %}
