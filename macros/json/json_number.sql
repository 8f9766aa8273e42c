{% macro json_number(json) -%}
    case
        when {{ text_matches(json, '^"?-?[0-9]{1,18}([.][0-9]{1,30})?([eE][+-]?[0-9]{1,2})?"?$') }}
            then try_cast(replace({{ json }}, '"', '') as double)
    end
{%- endmacro %}
