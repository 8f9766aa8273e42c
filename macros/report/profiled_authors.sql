{% macro profiled_authors() %}
    select distinct author_key
    from (
        {{ authors_by_scope() }}
    ) as by_scope
    where place <= 50
{% endmacro %}
