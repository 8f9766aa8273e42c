{% macro is_implausible_time(time, landed_at) -%}
    (
        {{ time }} < timestamp '{{ var("first_online_day") }} 00:00:00'
        or {{ time }} > {{ landed_at }} + interval '{{ var("plausible_days_ahead") }}' day
    )
{%- endmacro %}
