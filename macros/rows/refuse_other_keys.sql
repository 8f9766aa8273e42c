{% macro refuse_other_keys() %}
    {%- for id in selected_resources if execute and id.startswith('snapshot.') -%}
        {%- set history = load_relation(node_relation(graph.nodes[id])) -%}
        {%- if history -%}
            {%- set known = adapter.get_columns_in_relation(history) | map(attribute='name') | list -%}
            {#- On DuckDB this began a transaction, which would take the next hooks' work with it. -#}
            {%- do adapter.commit() -%}
            {%- for column in graph.nodes[id].columns -%}
                {%- if column.endswith('_key') and column not in known -%}
                    {%- do exceptions.raise_compiler_error(
                        history.identifier ~ ' has no ' ~ column ~ ', and other keys than this version'
                        ~ ' makes, so it would take all records for new ones: rebuild the history:'
                        ~ ' docs/runbooks/history.md'
                    ) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
