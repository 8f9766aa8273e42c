{# The columns together are a key: no combination occurs twice, and none of them is null. Where rows
   are added load by load, ``added_by`` names the load's column, and what the newest load has is
   compared with all: the older ones' rows were, when they were new. #}
{% test unique_combination(model, columns, added_by=none) %}

    {{ repeated_rows(model, columns, added_by) }}

    union all

    select
        {{ columns | join(', ') }},
        1 as row_count
    from {{ model }}
    where
        {%- for column in columns %}
        {{ 'or ' if not loop.first }}{{ column }} is null
        {%- endfor %}

{% endtest %}
