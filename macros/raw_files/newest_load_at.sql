{% macro newest_load_at(loads, dataset) -%}
    select coalesce(max({{ iso_timestamp('started_at_text') }}), {{ no_load_at() }})
    from (
        {{- unpacked(
            loads, {'dataset_text': '$.dataset', 'started_at_text': '$.started_at'}, as_text=true
        ) -}}
    ) as commits
    where dataset_text = '{{ dataset }}'
{%- endmacro %}
