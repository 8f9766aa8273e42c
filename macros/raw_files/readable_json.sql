{% macro readable_json(line) -%}
    case
        when {{ is_flawed(line) }}
            then substr({{ line }}, 1, strpos({{ line }}, ',"record":') - 1) || '}'
        else {{ line }}
    end
{%- endmacro %}
