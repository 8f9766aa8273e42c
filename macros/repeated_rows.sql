{% macro repeated_rows(relation, columns, added_by=none) %}
    {{- return(
        adapter.dispatch('repeated_rows', 'book_analytics')(
            relation,
            columns | join(', '),
            added_by ~ ' = (select max(' ~ added_by ~ ') from ' ~ relation ~ ')' if added_by
        )
    ) -}}
{% endmacro %}

{% macro default__repeated_rows(relation, columns, newest) %}
    select
        {{ columns }},
        count(*) as row_count
    from {{ relation }}
    {%- if newest %}
    where ({{ columns }}) in (select {{ columns }} from {{ relation }} where {{ newest }})
    {%- endif %}
    group by {{ columns }}
    having count(*) > 1
{% endmacro %}

{#- Grouping numbers is several times cheaper than grouping texts, and only what shares one is looked
    at again. Athena bills what is read, and would bill it twice. -#}
{% macro duckdb__repeated_rows(relation, columns, newest) %}
    select
        {{ columns }},
        count(*) as row_count
    from {{ relation }}
    where hash({{ columns }}) in (
        select hash({{ columns }}) from {{ relation }}
        {%- if newest %}
        where hash({{ columns }}) in (
            select hash({{ columns }}) from {{ relation }} where {{ newest }}
        )
        {%- endif %}
        group by hash({{ columns }})
        having count(*) > 1
    )
    group by {{ columns }}
    having count(*) > 1
{% endmacro %}
