{#- Only in the first and the last year can an offset lead out of the range, so other texts need no
    second look at the instant. -#}
{% macro if_time(text, instant) -%}
    case
        when
            {{ has_offset_form(text) }}
            and (
                {{ text }} between '0002' and '9999'
                or {{ instant }} between
                timestamp '0001-01-01 00:00:00' and timestamp '9999-12-31 23:59:59.999999'
            )
            then {{ instant }}
    end
{%- endmacro %}
