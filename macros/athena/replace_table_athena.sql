{% macro replace_table_athena(existing, versions_to_keep) %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {#- A unique name, so that two concurrent runs do not build into each other's table. -#}
    {%- set building = api.Relation.create(
        database=database,
        schema=schema,
        identifier=this.identifier ~ '__building_' ~ invocation_id | replace('-', ''),
        s3_path_table_part=this.identifier,
        type='table'
    ) -%}

    {{ run_hooks(pre_hooks) }}

    {%- if existing is none -%}
        {%- set result = safe_create_table_as(False, target_relation, compiled_code) -%}
    {%- else -%}
        {%- set result = safe_create_table_as(False, building, compiled_code) -%}
        {%- if 'PartitionKeys' not in adapter.get_glue_table(building)['Table'] -%}
            {%- do exceptions.raise_compiler_error(
                'Glue lists no partition keys, not even none, for ' ~ building
                ~ ', and dbt-athena cannot swap such a table. ' ~ target_relation
                ~ ' is as it was. See docs/decisions/0010-a-table-is-swapped-in-the-catalog.md'
            ) -%}
        {%- endif -%}
        {%- do adapter.swap_table(building, target_relation) -%}
        {#- Only the entry: the data now belongs to the target. -#}
        {%- do adapter.delete_from_glue_catalog(building) -%}
        {%- do adapter.expire_glue_table_versions(target_relation, versions_to_keep, True) -%}
    {%- endif -%}

    {% call statement('main') -%}
        select '{{ result }}'
    {%- endcall %}

    {{ run_hooks(post_hooks) }}

    {%- do persist_docs(target_relation, model) -%}

    {{ return({'relations': [target_relation]}) }}
{% endmacro %}
