{% macro newest_versions(history, checked, row_key, columns) %}
    select
        {{ row_key }},
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        load_started_at
    from {{ checked }}
    where
        rejection_reason is null
        and record_rank = 1
    {%- if execute and load_relation(history) %}

    union all

    select
        {{ row_key }},
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        (select max(load_started_at) from {{ checked }}) as load_started_at
    from {{ history }}
    where
        dbt_valid_to is null
        and {{ row_key }} not in (
            select {{ row_key }} from {{ checked }}
            where rejection_reason is null
        )
        and (
            {{ row_key }} in (
                select {{ row_key }} from {{ checked }}
                where {{ row_key }} is not null
            )
            or (
                dbt_is_deleted = 'False'
                and exists (select 1 from {{ checked }} where has_unreadable_key)
            )
        )
    {%- endif %}
{% endmacro %}
