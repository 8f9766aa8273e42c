{% macro maintain_tables() %}
    {{- return(adapter.dispatch('maintain_tables', 'book_analytics')()) -}}
{% endmacro %}

{% macro default__maintain_tables() %}
    {%- do log('Nothing to maintain on ' ~ target.type ~ '.', info=true) -%}
{% endmacro %}

{% macro athena__maintain_tables() %}
    {%- set nodes = graph.nodes.values()
        | selectattr('config.materialized', 'in', ['table', 'incremental', 'snapshot'])
        | list -%}
    {#- If each build replaces a table, all its files date from the last build. -#}
    {%- for node in nodes if node.config.materialized != 'table' -%}
        {%- set relation = load_relation(node_relation(node)) -%}
        {%- if relation -%}
            {#- Athena compacts only so much at a time, and says if there is more. -#}
            {%- do adapter.run_operation_with_potential_multiple_runs(
                'optimize ' ~ relation.render_pure() ~ ' rewrite data using bin_pack', 'optimize'
            ) -%}
            {%- do adapter.run_operation_with_potential_multiple_runs(
                'vacuum ' ~ relation.render_pure(), 'vacuum'
            ) -%}
            {%- do log('Maintained ' ~ relation, info=true) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for schema in nodes | map(attribute='schema') | unique -%}
        {%- set unfinished = run_query(
            'select table_name from information_schema.tables where table_schema = '
            ~ string_literal(schema)
            ~ " and (strpos(table_name, '__building_') > 0 or strpos(table_name, '__dbt_tmp') > 0)"
        ) -%}
        {%- for name in unfinished.columns[0] -%}
            {%- set relation = load_relation(
                api.Relation.create(database=target.database, schema=schema, identifier=name)
            ) -%}
            {%- do drop_relation(relation) -%}
            {%- do log('Dropped ' ~ relation ~ ', which a run left unfinished', info=true) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
