{#- Athena refuses a statement of more than 262,144 bytes. 400 ranges of paths on S3 take at
    most 170,000; beyond them the days alone, 14 bytes each, last for decades. -#}
{% macro listed_files_only(parts, dataset=none, read_by=none) %}
    {%- set most_ranges = 400 -%}
    {%- set ranges = [] -%}
    {%- if execute and not parts.is_cte and load_relation(parts) -%}
        {%- set ranges = run_query(
            'select load_date, min(source_file), max(source_file) from ' ~ parts ~ ' where true'
            ~ (' and dataset = ' ~ string_literal(dataset) if dataset)
            ~ (' and load_id not in (select distinct load_id from ' ~ read_by ~ ')' if read_by)
            ~ ' group by load_id, load_date order by 2'
        ).rows -%}
    {%- endif -%}
    {%- if parts.is_cte -%}
        true
    {%- elif not ranges -%}
        false
    {%- else -%}
        load_date in (
            {%- for date in ranges | map(attribute=0) | unique -%}
                {{ string_literal(date) }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
        {%- if ranges | length <= most_ranges %}
        and (
            {%- for range in ranges %}
            {{ 'or ' if not loop.first -}}
            source_file between {{ string_literal(range[1]) }} and {{ string_literal(range[2]) }}
            {%- endfor %}
        )
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
