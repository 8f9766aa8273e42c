{# Every value is documented: the column's description holds tables that have a column of its name,
   and the value stands there. So a new value is written down once. #}
{% test documented(model, column_name) %}

    {%- set descriptions = (graph.nodes.values() if execute else [])
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('alias', 'equalto', model.identifier)
        | map(attribute='columns.' ~ column_name ~ '.description')
        | list -%}
    {%- set documented = [] -%}
    {%- set header = namespace(cells=[]) -%}
    {%- for line in (descriptions | join).splitlines()
        if line.startswith('|') and not modules.re.fullmatch('[-| ]+', line) -%}
        {%- set cells = line.split('|') | map('trim') | list -%}
        {%- if column_name in cells -%}
            {%- set header.cells = cells -%}
        {%- else -%}
            {%- do documented.append(string_literal(cells[header.cells.index(column_name)])) -%}
        {%- endif -%}
    {%- endfor %}

    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} not in ({{ documented | join(', ') }})

{% endtest %}
