{% macro newest_load_at(loads, dataset) -%}
    select max({{ iso_timestamp(list_element('fields', 1)) }})
    from (select {{ json_texts('line', ['$.started_at', '$.dataset']) }} as fields from {{ loads }}) as commits
    where {{ list_element('fields', 2) }} = '{{ dataset }}'
{%- endmacro %}
