{# Each value is that of a row of another table, whose columns hold the ``totals`` of the rows here.
   Where there are no rows a count is 0, and any other total is null.

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
        {%- for name, total in totals.items() %}
        {%- set expected = 'summed.' ~ name %}
        or other.{{ name }} is distinct from
        {{ 'coalesce(' ~ expected ~ ', 0)' if total.startswith('count(') else expected }}
        {%- endfor %}

{% endtest %}
