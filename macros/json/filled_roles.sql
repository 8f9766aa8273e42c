{% macro filled_roles(json) %}
    {{- return(adapter.dispatch('filled_roles', 'book_analytics')(json)) -}}
{% endmacro %}

{% macro duckdb__filled_roles(json) -%}
    {%- set is_empty = is_empty_role(
        'cast(role as varchar)', "cast(json_extract(role, '$.key') as varchar)"
    ) -%}
    case
        when {{ json_kind(json) }} = '['
            then cast(to_json(
                list_filter(cast({{ json }} as json[]), lambda role: not {{ is_empty }})
            ) as varchar)
        else {{ json }}
    end
{%- endmacro %}

{% macro athena__filled_roles(json) -%}
    {%- set is_empty = is_empty_role(
        'json_format(role)', "json_format(json_extract(role, '$.key'))"
    ) -%}
    case
        when {{ json_kind(json) }} = '['
            then json_format(cast(
                filter({{ json_elements(json) }}, role -> not {{ is_empty }})
                as json
            ))
        else {{ json }}
    end
{%- endmacro %}
