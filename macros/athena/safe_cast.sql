{#- dbt casts the rows of a unit test with this. The catalog calls every timestamp `timestamp`, which
    in a cast has only milliseconds, and dbt writes the rows' times with a T. A list is written as
    DuckDB casts it, [a, b]. -#}
{% macro athena__safe_cast(field, type) -%}
    {%- if type.startswith('timestamp') -%}
        {{ iso_timestamp(field) }}
    {%- elif type.startswith('array') -%}
        try_cast(
            regexp_extract_all(cast({{ field }} as varchar), '[^\[\], ][^\[\],]*') as {{ type }}
        )
    {%- else -%}
        try_cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro %}
