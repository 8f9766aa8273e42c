{% macro columns_of_table(relation) %}
    {{- return(adapter.dispatch('columns_of_table', 'book_analytics')(relation)) -}}
{% endmacro %}

{% macro default__columns_of_table(relation) %}
    {{- return(adapter.get_columns_in_relation(relation)) -}}
{% endmacro %}

{#- Two thirds cheaper: that renders macros and makes a table of what it gets. -#}
{% macro duckdb__columns_of_table(relation) %}
    {{- return(adapter.get_column_schema_from_query('select * from ' ~ relation)) -}}
{% endmacro %}
