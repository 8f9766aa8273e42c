{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
    {%- set columns = [] -%}
    {%- for name, type in column_name_to_data_types.items() if rows and name in rows[0] -%}
        {%- do columns.append(
            {'name': name, 'quoted': column_name_to_quoted[name], 'data_type': type}
        ) -%}
    {%- endfor -%}
    {{- typed_rows(rows, columns) if rows
        else 'select * from dbt_internal_unit_test_actual where false' -}}
{% endmacro %}
