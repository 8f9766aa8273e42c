{% macro json_boolean(json) -%}
    case {{ json }} when 'true' then true when 'false' then false end
{%- endmacro %}
