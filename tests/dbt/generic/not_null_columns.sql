{# None of the columns is ever null: one query where `not_null` takes one for each of them. #}
{% test not_null_columns(model, columns) %}

    select {{ columns | join(', ') }}
    from {{ model }}
    where {{ columns | join(' is null or ') }} is null

{% endtest %}
