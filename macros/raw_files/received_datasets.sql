{% macro received_datasets(is_incremental=none) %}
    {%- set datasets = [] -%}
    {%- for files in var('file_sets').values() -%}
        {%- for file in files if is_incremental in (none, file.get('is_incremental', false)) -%}
            {%- do datasets.append(file.dataset) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(datasets) -}}
{% endmacro %}
