{% macro has_cover(covers, cover_id) -%}
    position(
        ',' || cast({{ cover_id }} as varchar) || ','
        in replace(replace({{ covers }}, '[', ','), ']', ',')
    ) > 0
{%- endmacro %}
