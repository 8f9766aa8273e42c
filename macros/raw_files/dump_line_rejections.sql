{% macro dump_line_rejections() -%}
    when line is null
        then 'line is not text'
    when not is_json
        then 'record is not valid JSON'
    when coalesce({{ json_kind('key_json') }}, 'n') = 'n'
        then 'key is missing'
{%- endmacro %}
