{% macro text_literals(relation, column) %}
    {%- set query -%}
        select distinct {{ column }} from {{ relation }} order by {{ column }}
    {%- endset -%}
    {%- set rows = run_query(query).rows if execute and load_relation(relation) else [] -%}
    (
    {%- for row in rows %}{{ string_literal(row[0]) }}{{ ', ' if not loop.last }}{% else %}''
    {%- endfor -%}
    )
{% endmacro %}
