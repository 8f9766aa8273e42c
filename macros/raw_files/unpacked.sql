{% macro unpacked(lines, paths, as_text=false, json=readable_json('line')) %}
    {%- set extract = json_texts if as_text else json_fields -%}
    select
        line,
        load_date,
        source_file,
        fields is not null as is_json
        {%- for column in paths %},
        fields[{{ loop.index }}] as {{ column }}
        {%- endfor %}
    from (
        select
            -- an empty line is null on every engine
            nullif(line, '') as line,
            load_date,
            "$path" as source_file,
            {{ extract(json, paths.values() | list) }} as fields
        from {{ lines }}
    ) as parsed
{% endmacro %}
