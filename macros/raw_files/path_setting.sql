{# extract/settings.py and publish/paths.py follow the same rules. #}
{% macro path_setting(variable, default) %}
    {%- set given = env_var(variable, '') or default -%}
    {%- set home = env_var('HOME', '') -%}
    {%- set path = home ~ given[1:] if given == '~' or given.startswith('~/') else given -%}
    {%- set schemas = [
        target.schema, env_var('RAW_SCHEMA', 'raw'), 'temp', 'system', 'information_schema', 'pg_catalog'
    ] -%}
    {%- if execute and variable == 'WAREHOUSE_PATH' -%}
        {%- for node in graph.nodes.values() -%}
            {%- do schemas.append(node.schema) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if modules.re.search('[?#\\\\]', path) -%}
        {%- set wrong = 'contains ?, # or a backslash, which DuckDB does not read as part of a name' -%}
    {%- elif '://' in path and not (variable == 'RAW_ROOT' and path.startswith('s3://')) -%}
        {%- set wrong = 'is a URL' -%}
    {%- elif path.startswith('~') -%}
        {%- set wrong = 'begins with ~ and a name, which only a shell can read' -%}
    {%- elif path != given and not home -%}
        {%- set wrong = 'begins with ~, but HOME is not set' -%}
    {%- elif variable == 'RAW_ROOT' and modules.re.search('(?i)(^|/)(line|load_date)=', path) -%}
        {%- set wrong = 'has a folder line=… or load_date=…, which DuckDB reads as a column' -%}
    {%- elif variable == 'WAREHOUSE_PATH' and target.database | lower in schemas | map('lower') -%}
        {%- set wrong = 'names the file ' ~ target.database ~ ', which is the name of a schema' -%}
    {%- elif variable == 'WAREHOUSE_PATH' and modules.re.search('["\']', target.database) -%}
        {%- set wrong = 'has a quotation mark in the name of the file' -%}
    {%- endif -%}
    {%- if wrong -%}
        {%- do exceptions.raise_compiler_error(variable ~ ' ' ~ wrong ~ ': write another path') -%}
    {%- endif -%}
    {{- return(path) -}}
{% endmacro %}
