{% macro create_raw_views() %}
    {{- return(adapter.dispatch('create_raw_views', 'book_analytics')()) -}}
{% endmacro %}

{% macro default__create_raw_views() %}{% endmacro %}

{% macro duckdb__create_raw_views() %}
    {%- do path_setting('WAREHOUSE_PATH', 'data/warehouse.duckdb') -%}
    {%- set root = path_setting('RAW_ROOT', 'data/raw').rstrip('/') -%}
    {%- set statements = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() -%}
            {%- do statements.append(
                'create schema if not exists ' ~ adapter.quote(source.schema) ~ ';'
            ) if loop.first -%}
            {%- set files = string_literal(
                escape_glob(root) ~ '/' ~ source.name ~ '/load_date=*/*.jsonl*'
            ) -%}
            {%- set is_landed = run_query('select 1 from glob(' ~ files ~ ') limit 1').rows -%}
            {%- do statements.append(
                'create or replace view ' ~ api.Relation.create(
                    schema=source.schema, identifier=source.identifier
                ) ~ ' as ' ~ (
                    raw_lines(files) if is_landed else no_raw_lines()
                ) ~ ';'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(statements | join('\n')) -}}
{% endmacro %}
