{#- Replaces dbt's own, which reads the clock. dbt renders it where `ref` is not available, hence the
    table's name is assembled here. -#}
{% macro default__snapshot_get_time() -%}
    {%- set node = graph.nodes['model.book_analytics.int_files_listed'] -%}
    (
        select max(load_started_at)
        from {{ api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        ) }}
        where is_current
    )
{%- endmacro %}
