{% macro raw_table(source) %}
    {{- return(adapter.dispatch('raw_table', 'book_analytics')(source)) -}}
{% endmacro %}

{% macro default__raw_table(source) -%}
    {{ api.Relation.create(
        database=source.database, schema=source.schema, identifier=source.identifier
    ) }}
{%- endmacro %}

{% macro duckdb__raw_table(source) -%}
    {%- set root = path_setting('RAW_ROOT', 'data/raw').rstrip('/') -%}
    {%- set files = string_literal(
        escape_glob(root) ~ '/' ~ source.name ~ '/load_date=*/'
        ~ ('*.txt*' if source.source_name == 'open_library_dump' else '*.jsonl*')
    ) -%}
    {%- set is_landed = run_query('select 1 from glob(' ~ files ~ ') limit 1').rows -%}
    ({{ raw_lines(files) if is_landed else no_raw_lines() }})
{%- endmacro %}
