{% macro repeated_rows(relation, columns, added_by=none) %}
    {{- return(
        adapter.dispatch('repeated_rows', 'book_analytics')(relation, columns, added_by)
    ) -}}
{% endmacro %}

{% macro default__repeated_rows(relation, columns, added_by) %}
    {%- set key = columns | join(', ') -%}
    select
        {{ key }},
        count(*) as row_count
    from {{ relation }}
    {{ where_newest(relation, columns, added_by) }}
    group by {{ key }}
    having count(*) > 1
{% endmacro %}

{#- Grouping hashes is several times cheaper than grouping texts, and only rows that share a hash are
    read again. Athena bills what is read, and would bill it twice. -#}
{% macro duckdb__repeated_rows(relation, columns, added_by) %}
    {%- set key = columns | join(', ') -%}
    {%- set key_hash = 'hash(' ~ key ~ ')' -%}
    select
        {{ key }},
        count(*) as row_count
    from {{ relation }}
    where {{ key_hash }} in (
        select {{ key_hash }} from {{ relation }}
        {{ where_newest(relation, columns, added_by) }}
        group by {{ key_hash }}
        having count(*) > 1
    )
    group by {{ key }}
    having count(*) > 1
{% endmacro %}
