{% macro relation_named(name) %}
    {%- for kind in ['model', 'seed', 'snapshot'] -%}
        {%- set node = graph.nodes.get(kind ~ '.book_analytics.' ~ name) -%}
        {%- if node -%}
            {{- return(node_relation(node)) -}}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
