{% macro newest_day_at(lines) -%}
    select coalesce(max(cast(load_date as timestamp(6))), {{ no_load_at() }})
    from {{ lines }}
{%- endmacro %}
