{% macro json_integer(json) -%}
    case
        when {{ text_matches(json, '^"?-?[0-9]+"?$') }}
            then try_cast(replace({{ json }}, '"', '') as bigint)
    end
{%- endmacro %}
