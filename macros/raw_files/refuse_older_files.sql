{% macro refuse_older_files(files) %}
    {%- if execute and load_relation(this) -%}
        {%- set known = run_query(
            'select max(dbt_updated_at) from ' ~ this
            ~ ' having max(dbt_updated_at) > coalesce((select max(load_started_at) from ' ~ files
            ~ " where is_current), timestamp '1970-01-01 00:00:00')"
        ).rows -%}
        {%- if known -%}
            {%- do exceptions.raise_compiler_error(
                this.identifier ~ ' knows a load of ' ~ known[0][0]
                ~ ', and the raw zone none as new: point RAW_ROOT to the whole raw zone'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
