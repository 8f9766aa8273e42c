{#- At most nine letters, which text_key relies on. -#}
{% macro is_placeholder(text) -%}
    {%- set unseen = '[\\p{Z}\\p{Cc}\\p{Cf}]*' -%}
    {#- Not (?i): with it, the classes of Trino match some letters, too. -#}
    {{ text_matches(
        'lower(' ~ text ~ ')',
        '^' ~ unseen ~ '(null|\\\\n|#?n/a|nan|none|undefined)?' ~ unseen ~ '$'
    ) }}
{%- endmacro %}
