{% macro build_missing_node(id) %}
    {%- set node = graph.nodes.get(id) -%}
    {%- set is_ephemeral = node and node.config.materialized == 'ephemeral' -%}
    {%- set relation = node_relation(node) if node -%}
    {%- if node and (is_ephemeral or not load_relation(relation)) -%}
        {%- for parent in node.depends_on.nodes -%}
            {%- do build_missing_node(parent) -%}
        {%- endfor -%}
        {%- if not is_ephemeral -%}
            {%- do adapter.create_schema(relation) -%}
            {%- do run_query(
                'create ' ~ relation.type ~ ' ' ~ relation ~ ' as ' ~ first_rows(node)
            ) -%}
            {%- do adapter.cache_added(relation) -%}
            {%- do log('Built ' ~ relation ~ ', which was missing', info=true) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
