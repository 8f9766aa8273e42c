{% macro rows_without_key(relation, columns, required, added_by) %}
    {{- return(
        adapter.dispatch('rows_without_key', 'book_analytics')(
            relation, columns, required, added_by
        )
    ) -}}
{% endmacro %}

{% macro default__rows_without_key(relation, columns, required, added_by) %}
    {{ repeated_rows(relation, columns, added_by) }}

    union all

    select
        {{ columns | join(', ') }},
        1 as row_count
    from {{ relation }}
    where {{ (columns + required) | join(' is null or ') }} is null
{% endmacro %}

{#- Athena bills what is read, so it is read once, but where only the newest rows are grouped. -#}
{% macro athena__rows_without_key(relation, columns, required, added_by) %}
    {%- if added_by -%}
        {{- return(
            book_analytics.default__rows_without_key(relation, columns, required, added_by)
        ) -}}
    {%- endif -%}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ relation }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        or {{ columns | join(' is null or ') }} is null
        {%- for column in required %}
        or count({{ column }}) = 0
        {%- endfor %}
{% endmacro %}
