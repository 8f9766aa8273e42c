{% macro newest_files_landed_at() -%}
    {%- set node = graph.nodes['model.book_analytics.int_files_listed'] -%}
    (
        select max(load_started_at)
        from {{ api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        ) }}
        where is_current
    )
{%- endmacro %}
