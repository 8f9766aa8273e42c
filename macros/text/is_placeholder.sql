{#- At most nine letters, which text_key relies on. -#}
{% macro is_placeholder(text) -%}
    {%- set unseen = '[\\p{Z}\\p{Cc}\\p{Cf}]*' -%}
    {{ text_matches(
        text, '(?i)^' ~ unseen ~ '(null|\\\\N|#?n/a|nan|none|undefined)?' ~ unseen ~ '$'
    ) }}
{%- endmacro %}
