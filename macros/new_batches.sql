{% macro new_batches(relation, known) -%}
    select distinct numbered.batch
    from {{ relation }} as numbered
    where
        numbered.batch > (select coalesce(max(known.batch), 0) from {{ known }} as known)
        or (select max(known.batch) from {{ known }} as known)
        > (select max(numbered_anew.batch) from {{ relation }} as numbered_anew)
{%- endmacro %}
