{% macro newest_rows(relation, row_key, partition_by, order_by) %}
    select * from {{ relation }}
    where not exists (
        select 1
        from ({{ superseded_rows(relation, row_key, partition_by, order_by) }}) as superseded
        where
            {%- for column in row_key %}
            {{ 'and ' if not loop.first }}superseded.{{ column }} = {{ relation }}.{{ column }}
            {%- endfor %}
    )
{% endmacro %}
