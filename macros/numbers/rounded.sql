{#- The engines' own `round` differ where a number like 0.00005 lies just beside the half that it is
    written as. -#}
{% macro rounded(number, places) -%}
    {%- set one = 10 ** places ~ 'e0' -%}
    floor(({{ number }}) * {{ one }} + 0.5e0) / {{ one }}
{%- endmacro %}
