{#- dbt-athena calls this for every table that it writes. Its own version returns Hive unless a model
    says otherwise, as for a unit test, and Hive keeps timestamps only to the millisecond. -#}
{% macro resolve_table_type() %}
    {{- return('iceberg') -}}
{% endmacro %}
