{#- Replaces dbt's own, which creates, describes and drops a table to learn the types of the model's
    columns: a sixth of a unit test's CPU. -#}
{% materialization unit, adapter='duckdb' %}
    {%- set types = {} -%}
    {%- set quoted = {} -%}
    {%- for column in adapter.get_column_schema_from_query(sql) -%}
        {%- do types.update({column.name: column.data_type}) -%}
        {%- do quoted.update({column.name: column.quoted}) -%}
    {%- endfor -%}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set compared = [] -%}
    {%- for name in (expected_rows[0] if expected_rows else types) -%}
        {%- do compared.append(quoted.get(name, name)) -%}
    {%- endfor -%}
    {%- set expected_sql = config.get('expected_sql')
        or get_expected_sql(expected_rows, types, quoted) -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ get_unit_test_sql(sql, expected_sql, compared) }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{% endmaterialization %}
