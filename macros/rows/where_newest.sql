{#- Rows that are alike are alike in one column, too: the last one, by which engines can tell what
    they need not read, and which is no text to hash. -#}
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
