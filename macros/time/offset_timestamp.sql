{% macro offset_timestamp(text) %}
    {{- return(adapter.dispatch('offset_timestamp', 'book_analytics')(text)) -}}
{% endmacro %}

{% macro duckdb__offset_timestamp(text) -%}
    {{ if_time(text, 'make_timestamp(epoch_us(try_cast(' ~ text ~ ' as timestamptz)))') }}
{%- endmacro %}

{#- By a cast, because from_iso8601_timestamp drops microseconds. It takes no T and no Z, an offset
    only with its minutes after a colon, and rounds what is finer than microseconds. -#}
{% macro athena__offset_timestamp(text) -%}
    {%- set cut -%}
        regexp_replace(replace(replace({{ text }}, 'T', ' '), 'Z', '+00'), '([.][0-9]{6})[0-9]+', '$1')
    {%- endset -%}
    {%- set with_minutes -%}
        regexp_replace(
            regexp_replace({{ cut }}, '([+-][0-9]{2})$', '$1:00'), '([+-][0-9]{2})([0-9]{2})$', '$1:$2'
        )
    {%- endset -%}
    {{ if_time(
        text,
        "cast(at_timezone(try_cast(" ~ with_minutes ~ " as timestamp(6) with time zone), 'UTC')"
        ~ " as timestamp(6))"
    ) }}
{%- endmacro %}
