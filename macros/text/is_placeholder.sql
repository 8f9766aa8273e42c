{#- At most nine letters, which text_key relies on. -#}
{% macro is_placeholder(text) -%}
    {%- set unseen = '(\\p{Z}|\\p{Cc}|\\p{Cf})*' -%}
    {#- Neither (?i) nor one class of all three: Trino's would match the letter c, too. -#}
    {{ text_matches(
        'lower(' ~ text ~ ')',
        unseen ~ '(null|\\\\n|#?n/a|nan|none|undefined)?' ~ unseen
    ) }}
{%- endmacro %}
