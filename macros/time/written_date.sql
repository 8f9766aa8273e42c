{% macro written_date(text) -%}
    {%- set day = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = '([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?' -%}
    {#- PostgreSQL writes an offset of old times with its seconds. -#}
    {%- set offset = '(Z|[+-][0-9]{2}(:?[0-9]{2}){0,2})' -%}
    case
        when
            {{ text_matches(text, day ~ '([T ]' ~ time ~ offset ~ '?)?') }}
            and {{ text }} > '0001'
            then try_cast(substr({{ text }}, 1, 10) as date)
    end
{%- endmacro %}
