{% macro create_raw_views() %}
    {{- return(adapter.dispatch('create_raw_views', 'book_analytics')()) -}}
{% endmacro %}

{% macro default__create_raw_views() %}{% endmacro %}

{% macro duckdb__create_raw_views() %}
    {%- set root = env_var('RAW_ROOT', 'data/raw').rstrip('/') -%}
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

{# A line is read as it is: no delimiter, no quotes, no types. ignore_errors skips a line that is
   not UTF-8 or over 16 MB, and a data test counts the lines, so that a skipped one is seen. #}
{% macro raw_lines(files) %}
    select line, load_date, "$path"
    from read_csv(
        {{ files }},
        columns = {'line': 'VARCHAR'},
        header = false,
        auto_detect = false,
        delim = '',
        quote = '',
        escape = '',
        strict_mode = false,
        max_line_size = 16777216,
        buffer_size = 33554432,
        ignore_errors = true,
        filename = '$path',
        hive_partitioning = true,
        hive_types_autocast = false
    )
{% endmacro %}

{# A glob that matches nothing is an error in DuckDB, and a dataset that was never loaded is not. #}
{% macro no_raw_lines() %}
    select
        cast(null as varchar) as line,
        cast(null as varchar) as load_date,
        cast(null as varchar) as "$path"
    where false
{% endmacro %}

{% macro escape_glob(path) %}
    {{- return(path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]')) -}}
{% endmacro %}
