{# The columns together are a key: no combination occurs twice, and none of them is null. #}
{% test unique_combination(model, columns) %}

    {{ repeated_rows(model, columns) }}

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
