{#- Replaces dbt-athena's own for a full refresh, which would drop the table first. -#}
{% materialization incremental, adapter='athena', supported_languages=['sql'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if should_full_refresh() and existing is not none and existing.is_table -%}
        {#- Keeps no previous version: the next merge would forget it, and its data would stay forever. -#}
        {{ return(replace_table_athena(existing, versions_to_keep=1)) }}
    {%- endif -%}
    {{ return(dbt.materialization_incremental_athena()) }}
{% endmaterialization %}
