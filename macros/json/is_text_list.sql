{% macro is_text_list(json) -%}
    {%- set text = '("[^"\\\\]*(\\\\.[^"\\\\]*)*"|null)' -%}
    {{ text_matches(json, 'null|\\[(' ~ text ~ '(,' ~ text ~ ')*)?\\]') }}
{%- endmacro %}
