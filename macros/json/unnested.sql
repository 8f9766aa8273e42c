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

{#- By position, because the cast elements hold a repeated key's last value, not its first. -#}
{% macro athena__unnested(relation, json, fields, position) -%}
    (
        select
            {{ relation }}.*,
            {%- for field, column in fields.items() %}
            json_extract_scalar(
                {{ relation }}.{{ json }},
                '$[' || cast(listed.{{ position }} - 1 as varchar) || '].{{ field }}'
            ) as {{ column }},
            {%- endfor %}
            listed.{{ position }}
        from {{ relation }}
        cross join
            unnest(try(cast(json_extract({{ relation }}.{{ json }}, '$') as array(json))))
                with ordinality
                as listed (element, {{ position }})
    )
{%- endmacro %}
