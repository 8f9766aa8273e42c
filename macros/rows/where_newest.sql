{#- A row that repeats one of the newest has the same value in the last column, so it is not below the
    least that they have. The engines can skip data by such a range. -#}
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
