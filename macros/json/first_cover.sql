{#- A deleted cover is -1. -#}
{% macro first_cover(covers) -%}
    try_cast(nullif(
        regexp_extract({{ covers }}, '^\[((-[0-9]+|null),)*([0-9]+)', 3), ''
    ) as bigint)
{%- endmacro %}
