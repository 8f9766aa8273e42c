{% macro maintain_tables() %}
    {{- return(adapter.dispatch('maintain_tables', 'book_analytics')()) -}}
{% endmacro %}

{% macro default__maintain_tables() %}
    {%- do log('Nothing to maintain on ' ~ target.type ~ '.', info=true) -%}
{% endmacro %}

{% macro athena__maintain_tables() %}
    {%- for node in graph.nodes.values()
            if node.config.materialized in ['table', 'incremental', 'snapshot'] -%}
        {%- set relation = api.Relation.create_from(node) -%}
        {%- if load_relation(relation) -%}
            {%- do run_query('optimize ' ~ relation ~ ' rewrite data using bin_pack') -%}
            {%- do run_query('vacuum ' ~ relation) -%}
            {%- do log('Maintained ' ~ relation, info=true) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for schema in graph.nodes.values() | map(attribute='schema') | unique -%}
        {%- for relation in adapter.list_relations(target.database, schema)
                if '__building_' in relation.identifier -%}
            {%- do drop_relation(relation) -%}
            {%- do log('Dropped ' ~ relation ~ ', which a run left unfinished', info=true) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
