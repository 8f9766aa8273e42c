{% macro is_cover_list(covers) -%}
    {{ text_matches(covers, 'null|\\[((-?[0-9]+|null)(,(-?[0-9]+|null))*)?\\]') }}
{%- endmacro %}
