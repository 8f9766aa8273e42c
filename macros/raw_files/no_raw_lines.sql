{# A glob that matches nothing is an error in DuckDB, and a dataset that was never loaded is not. #}
{% macro no_raw_lines() %}
    select
        cast(null as varchar) as line,
        cast(null as varchar) as load_date,
        cast(null as varchar) as "$path"
    where false
{% endmacro %}
