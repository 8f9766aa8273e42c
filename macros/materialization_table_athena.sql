{#- Replaces dbt-athena's own, which renames the old table away before it renames the new one: for
    a moment there is none, and for good where the run dies then. Here the new table is built beside
    the old one, and one update of the catalog points the name to it. -#}
{% materialization table, adapter='athena', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {#- A name of its own, so that two runs at once do not build into each other's table. -#}
    {%- set building = api.Relation.create(
        database=database,
        schema=schema,
        identifier=this.identifier ~ '__building_' ~ invocation_id | replace('-', ''),
        s3_path_table_part=this.identifier,
        type='table'
    ) -%}

    {{ run_hooks(pre_hooks) }}

    {%- if existing is not none and existing.is_view -%}
        {%- do drop_relation(existing) -%}
        {%- set existing = none -%}
    {%- endif -%}

    {%- if existing is none -%}
        {%- set result = safe_create_table_as(False, target_relation, compiled_code) -%}
    {%- else -%}
        {%- set result = safe_create_table_as(False, building, compiled_code) -%}
        {%- do adapter.swap_table(building, target_relation) -%}
        {#- The entry alone: the data is the target's now. -#}
        {%- do adapter.delete_from_glue_catalog(building) -%}
        {#- The version before this one stays, for the queries that are reading it. -#}
        {%- do adapter.expire_glue_table_versions(target_relation, 2, True) -%}
    {%- endif -%}

    {% call statement('main') -%}
        select '{{ result }}'
    {%- endcall %}

    {{ run_hooks(post_hooks) }}

    {%- do persist_docs(target_relation, model) -%}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
