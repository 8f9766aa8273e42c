{#- Few rows are repeated, so only those are sorted: see docs/decisions/0008. -#}
{% macro superseded_rows(relation, row_key, partition_by, order_by) %}
    select {{ row_key | join(', ') }}
    from (
        select
            {{ row_key | join(', ') }},
            row_number() over (
                partition by {{ partition_by | join(', ') }} order by {{ order_by | join(', ') }}
            ) as newest_rank
        from {{ relation }}
        inner join ({{ repeated_rows(relation, partition_by) }}) as repeated
            using ({{ partition_by | join(', ') }})
    ) as ranked
    where newest_rank > 1
{% endmacro %}
