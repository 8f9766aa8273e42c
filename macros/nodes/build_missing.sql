{% macro build_missing() %}
    {{- return(adapter.dispatch('build_missing', 'book_analytics')()) -}}
{% endmacro %}

{% macro default__build_missing() %}{% endmacro %}

{% macro duckdb__build_missing() %}
    {%- set missing = [] -%}
    {%- for id in graph.nodes if execute and id not in selected_resources -%}
        {%- if id.split('.')[0] in ['model', 'seed', 'snapshot'] -%}
            {%- set node = graph.nodes[id] -%}
            {%- do missing.append(id) if not (
                node.config.materialized == 'ephemeral' or load_relation(node_relation(node))
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for id in selected_resources if missing -%}
        {%- set node = graph.nodes.get(id) or graph.unit_tests.get(id) or {'depends_on': {}} -%}
        {%- for parent in node.depends_on.nodes if parent not in selected_resources -%}
            {%- do build_missing_node(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
