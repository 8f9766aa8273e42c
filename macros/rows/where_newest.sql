{#- Rows with the same key agree on its last column, so those of the newest rows are among the rows
    from their earliest value on: a range, by which the engines can skip data, instead of a list of
    values to compare each row with. -#}
{% macro where_newest(relation, columns, added_by) %}
    {%- if added_by -%}
        {%- set newest = added_by ~ ' = (select max(' ~ added_by ~ ') from ' ~ relation ~ ')' -%}
        where
        {%- if added_by in columns %}
            {{ newest }}
        {%- else %}
            {{ columns[-1] }} >= (select min({{ columns[-1] }}) from {{ relation }} where {{ newest }})
        {%- endif %}
    {%- endif -%}
{% endmacro %}
