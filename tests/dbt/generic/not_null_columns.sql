{# None of the columns is ever null: one query where `not_null` takes one for each of them. #}
{% test not_null_columns(model, columns) %}

    select {{ columns | join(', ') }}
    from {{ model }}
    where
        {%- for column in columns %}
        {{ 'or ' if not loop.first }}{{ column }} is null
        {%- endfor %}

{% endtest %}
