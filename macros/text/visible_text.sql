{% macro visible_text(text) -%}
    case when not {{ text_matches(text, '(\\p{Z}|\\p{Cc}|\\p{Cf})*') }} then {{ text }} end
{%- endmacro %}
