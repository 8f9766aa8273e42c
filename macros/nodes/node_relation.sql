{% macro node_relation(node) %}
    {{- return(api.Relation.create(
        database=node.database,
        schema=node.schema,
        identifier=node.alias,
        type='view' if node.config.materialized == 'view' else 'table'
    )) -}}
{% endmacro %}
