{#- Duplicate rows agree on every key column, so filtering on the last one suffices. It is the one
    by which the engines can skip data, and not a text that would have to be hashed. -#}
{% macro where_newest(relation, columns, added_by) %}
    {%- if added_by -%}
        {%- set newest = added_by ~ ' = (select max(' ~ added_by ~ ') from ' ~ relation ~ ')' -%}
        where
        {%- if added_by in columns %}
            {{ newest }}
        {%- else %}
            {{ columns[-1] }} in (select {{ columns[-1] }} from {{ relation }} where {{ newest }})
        {%- endif %}
    {%- endif -%}
{% endmacro %}
