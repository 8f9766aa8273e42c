{# Each value is that of a row of another table, whose columns hold the ``totals`` of the rows here: 0
   or null where there are no rows.

   This is one test instead of `relationships` and a recount of each total: one pass over either
   table. #}
{% test totals(model, column_name, to, field, totals) %}

    select
        summed.{{ column_name }},
        {%- for name in totals %}
        other.{{ name }},
        summed.{{ name }} as expected_{{ name }},
        {%- endfor %}
        other.{{ field }} as found_{{ field }}
    from (
        select
            {{ column_name }},
            {%- for name, total in totals.items() %}
            {{ total }} as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ model }}
        group by {{ column_name }}
    ) as summed
    full outer join {{ to }} as other on summed.{{ column_name }} = other.{{ field }}
    where
        other.{{ field }} is null
        {%- for name in totals %}
        or coalesce(summed.{{ name }}, 0) <> coalesce(other.{{ name }}, 0)
        {%- endfor %}

{% endtest %}
