{# In DuckDB a glob that matches nothing is an error, but a dataset that was never landed is not. #}
{% macro no_raw_lines() %}
    select
        cast(null as varchar) as line,
        cast(null as varchar) as load_date,
        cast(null as varchar) as "$path"
    where false
{% endmacro %}
