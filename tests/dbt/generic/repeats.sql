{# Each value is that of a row of another table, and ``columns`` repeat that row's columns of the same
   name. #}
{% test repeats(model, column_name, to, field, columns) %}

    select
        repeated.{{ column_name }},
        {%- for name in columns %}
        repeated.{{ name }},
        other.{{ name }} as expected_{{ name }},
        {%- endfor %}
        other.{{ field }} as found_{{ field }}
    from {{ model }} as repeated
    left join {{ to }} as other on repeated.{{ column_name }} = other.{{ field }}
    where
        other.{{ field }} is null
        {%- for name in columns %}
        or repeated.{{ name }} is distinct from other.{{ name }}
        {%- endfor %}

{% endtest %}
