{% macro repeated_rows(relation, columns) %}
    {{- return(adapter.dispatch('repeated_rows', 'book_analytics')(relation, columns)) -}}
{% endmacro %}

{% macro default__repeated_rows(relation, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ relation }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endmacro %}

{#- Grouping numbers is several times cheaper than grouping texts, and only what shares one is looked
    at again. Athena bills what is read, and would bill it twice. -#}
{% macro duckdb__repeated_rows(relation, columns) %}
    {%- set row_hash = 'hash(' ~ columns | join(', ') ~ ')' -%}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ relation }}
    where {{ row_hash }} in (
        select {{ row_hash }} from {{ relation }}
        group by {{ row_hash }}
        having count(*) > 1
    )
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endmacro %}
