{#- Lines are long, so only those of rejected records are kept. -#}
{% macro rejected_file_and_line() -%}
    case when rejection_reason is not null then source_file end as rejected_file,
    case when rejection_reason is not null then substr(line, 1, 1000) end as rejected_line
{%- endmacro %}
