{% macro file_line_rejections() -%}
    when line is null
        then 'line is not text'
    when not is_json
        then 'line is not valid JSON'
    when file_row is null or landed_at is null
        then 'line does not say where it came from'
    when {{ is_flawed('line') }}
        then 'record is not valid JSON'
{%- endmacro %}
