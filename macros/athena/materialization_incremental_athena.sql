{#- Replaces dbt-athena's own where all is built anew, since that would drop the table first. -#}
{% materialization incremental, adapter='athena', supported_languages=['sql'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if should_full_refresh() and existing is not none and existing.is_table -%}
        {#- No version stays: the next merge forgets it, and its data would stay for ever. -#}
        {{ return(replace_table_athena(existing, versions_to_keep=1)) }}
    {%- endif -%}
    {{ return(dbt.materialization_incremental_athena()) }}
{% endmaterialization %}
