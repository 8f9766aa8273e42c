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
            {%- set name = relation.include(database=false).render_pure() -%}
            {#- Athena compacts only so much at a time, and says if there is more. -#}
            {%- do adapter.run_operation_with_potential_multiple_runs(
                'optimize ' ~ name ~ ' rewrite data using bin_pack', 'optimize'
            ) -%}
            {%- do adapter.run_operation_with_potential_multiple_runs(
                'vacuum ' ~ name, 'vacuum'
            ) -%}
            {%- do log('Maintained ' ~ relation, info=true) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for schema in nodes | map(attribute='schema') | unique -%}
        {%- set unfinished, locations = [], [] -%}
        {#- Glue's list: information_schema opens each table's metadata, and one may be broken. -#}
        {%- for relation in adapter.list_relations_without_caching(
            api.Relation.create(database=target.database, schema=schema)
        ) -%}
            {%- if '__building_' in relation.identifier or '__dbt_tmp' in relation.identifier -%}
                {%- do unfinished.append(relation) -%}
            {%- else -%}
                {%- do locations.append(adapter.get_glue_table_location(relation)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for relation in unfinished -%}
            {#- A run that died after the swap left an entry whose data is a table's. -#}
            {%- if adapter.get_glue_table_location(relation) in locations -%}
                {%- do adapter.delete_from_glue_catalog(relation) -%}
            {%- else -%}
                {%- do drop_relation(relation) -%}
            {%- endif -%}
            {%- do log('Dropped ' ~ relation ~ ', which a run left unfinished', info=true) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
