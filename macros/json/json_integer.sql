{#- A fraction or an exponent makes it a double, which holds whole numbers exactly below 2 ^ 53. -#}
{% macro json_integer(json) -%}
    case
        when {{ text_matches(json, '-?[0-9]+|"-?[0-9]+"') }}
            then try_cast(replace({{ json }}, '"', '') as bigint)
        when
            {{ json_number(json) }} % 1 = 0
            and abs({{ json_number(json) }}) < 9007199254740992
            then cast({{ json_number(json) }} as bigint)
    end
{%- endmacro %}
