{#- dbt casts the rows of a unit test with this. The catalog calls every timestamp `timestamp`, which
    in a cast has only milliseconds, and dbt writes the rows' times with a T. -#}
{% macro athena__safe_cast(field, type) -%}
    {%- if type.startswith('timestamp') -%}
        {{ iso_timestamp(field) }}
    {%- else -%}
        try_cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro %}
