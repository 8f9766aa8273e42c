{% macro where_newest(relation, columns, key, added_by) %}
    {%- if added_by -%}
        {%- set newest = added_by ~ ' = (select max(' ~ added_by ~ ') from ' ~ relation ~ ')' -%}
        where
        {%- if added_by in columns %}
            {{ newest }}
        {%- else %}
            ({{ key }}) in (select {{ key }} from {{ relation }} where {{ newest }})
        {%- endif %}
    {%- endif -%}
{% endmacro %}
