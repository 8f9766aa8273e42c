{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {{- typed_rows(rows, adapter.get_columns_in_relation(this)) -}}
{% endmacro %}
