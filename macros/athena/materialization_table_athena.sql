{#- Replaces dbt-athena's own, which renames the old table away before it renames the new one in: for
    a moment there is no table, and if the run dies then, none is left. Here the new table is built
    under another name, and one update of the catalog points the mart's name to it. -#}
{% materialization table, adapter='athena', supported_languages=['sql'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and existing.is_view -%}
        {%- do drop_relation(existing) -%}
        {%- set existing = none -%}
    {%- endif -%}
    {#- The previous version stays for the queries that are reading it. -#}
    {{ return(replace_table_athena(existing, versions_to_keep=2)) }}
{% endmaterialization %}
