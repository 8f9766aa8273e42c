{% macro value_of_least(key, value) %}
    {{- return(adapter.dispatch('value_of_least', 'book_analytics')(key, value)) -}}
{% endmacro %}

{% macro duckdb__value_of_least(key, value) -%}
    arg_min({{ value }}, {{ key }}) filter (where {{ value }} is not null)
{%- endmacro %}

{% macro athena__value_of_least(key, value) -%}
    min_by({{ value }}, {{ key }}) filter (where {{ value }} is not null)
{%- endmacro %}
