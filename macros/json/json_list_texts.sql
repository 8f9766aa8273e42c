{% macro json_list_texts(json) %}
    {{- return(adapter.dispatch('json_list_texts', 'book_analytics')(json)) -}}
{% endmacro %}

{% macro duckdb__json_list_texts(json) -%}
    json_extract_string({{ json }}, '$[*]')
{%- endmacro %}

{% macro athena__json_list_texts(json) -%}
    try(cast(json_extract({{ json }}, '$') as array(varchar)))
{%- endmacro %}
