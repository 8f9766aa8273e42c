{% macro typed_rows(rows, columns) %}
    {%- set quoted = {} -%}
    {%- for column in columns -%}
        {%- do quoted.update({column.name: column.quoted}) -%}
    {%- endfor -%}
    {%- set given = rows | map('list') | sum(start=[]) | unique | list -%}
    {%- for name in given if execute and name not in quoted -%}
        {%- do exceptions.raise_compiler_error(
            model.name ~ ' has no column ' ~ name ~ ', only ' ~ quoted | join(', ')
        ) -%}
    {%- endfor -%}
    select
        {%- for column in columns %}
        {{ safe_cast(column.quoted if column.name in given else 'null', column.data_type) | trim }}
            as {{ column.quoted }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if given %}
    from (
        values
        {%- for row in rows %}
        (
            {%- for name in given -%}
                {%- set value = row.get(name) -%}
                {%- if value is none -%}
                    null
                {%- else -%}
                    '{{ (value if value is string else tojson(value)) | replace("'", "''") }}'
                {%- endif -%}
                {{ ', ' if not loop.last }}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as given ({% for name in given %}{{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %})
    {%- else %}
    where false
    {%- endif %}
{% endmacro %}
