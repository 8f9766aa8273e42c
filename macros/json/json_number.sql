{% macro json_number(json) -%}
    {%- set number = '-?[0-9]{1,18}([.][0-9]{1,30})?([eE][+-]?[0-9]{1,2})?' -%}
    case
        when {{ text_matches(json, number) }}
            then try_cast({{ json }} as double)
        when {{ text_matches(json, '"' ~ number ~ '"') }}
            then try_cast(replace({{ json }}, '"', '') as double)
    end
{%- endmacro %}
