{% macro create_raw_views() %}
    {{- return(adapter.dispatch('create_raw_views', 'book_analytics')()) -}}
{% endmacro %}

{% macro default__create_raw_views() %}{% endmacro %}

{% macro duckdb__create_raw_views() %}
    {%- do path_setting('WAREHOUSE_PATH', 'data/warehouse.duckdb') -%}
    {%- set statements = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() -%}
            {%- do statements.append(
                'create schema if not exists ' ~ adapter.quote(source.schema) ~ ';'
            ) if loop.first -%}
            {%- do statements.append(
                'create or replace view ' ~ api.Relation.create(
                    schema=source.schema, identifier=source.identifier
                ) ~ ' as ' ~ raw_table(source) ~ ';'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(statements | join('\n')) -}}
{% endmacro %}
