{% macro text_list_type() %}
    {{- return(adapter.dispatch('text_list_type', 'book_analytics')()) -}}
{% endmacro %}

{% macro duckdb__text_list_type() %}varchar[]{% endmacro %}

{% macro athena__text_list_type() %}array(varchar){% endmacro %}
