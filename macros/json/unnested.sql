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
            {%- for field, column in fields.items() %}
            json_extract_scalar(listed.element, '$.{{ field }}') as {{ column }},
            {%- endfor %}
            listed.{{ position }}
        from {{ relation }}
        cross join
            unnest({{ json_elements(relation ~ '.' ~ json) }})
                with ordinality
                as listed (element, {{ position }})
    )
{%- endmacro %}
