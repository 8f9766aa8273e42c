{#- Loads of the known table's newest batch that it lacks are new, too: two concurrent builds may
    have given them the same number. Older missing loads were fully superseded by later ones. -#}
{% macro new_loads(relation, known) -%}
    select numbered.load_id
    from (select distinct load_id, batch from {{ relation }}) as numbered
    cross join (select coalesce(max(batch), 0) as batch from {{ known }}) as last_known
    where
        numbered.batch > last_known.batch
        or (
            numbered.batch = last_known.batch
            and numbered.load_id not in (select distinct load_id from {{ known }})
        )
        or last_known.batch > (select max(batch) from {{ relation }})
{%- endmacro %}
