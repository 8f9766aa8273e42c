{% macro offset_timestamp(text) %}
    {{- return(adapter.dispatch('offset_timestamp', 'book_analytics')(text)) -}}
{% endmacro %}

{% macro duckdb__offset_timestamp(text) -%}
    case
        when {{ has_offset_form(text) }}
            then make_timestamp(epoch_us(try_cast({{ text }} as timestamptz)))
    end
{%- endmacro %}

{% macro athena__offset_timestamp(text) -%}
    case
        when {{ has_offset_form(text) }}
            then cast(at_timezone(try(from_iso8601_timestamp({{ text }})), 'UTC') as timestamp(6))
    end
{%- endmacro %}
