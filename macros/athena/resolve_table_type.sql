{#- dbt-athena asks this for every table that it writes. Its own answer is Hive where no model says
    otherwise, as for a unit test, and Hive keeps timestamps to the millisecond only. -#}
{% macro resolve_table_type() %}
    {{- return('iceberg') -}}
{% endmacro %}
