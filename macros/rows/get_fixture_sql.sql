{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {{- typed_rows(rows, columns_of_table(this)) -}}
{% endmacro %}
