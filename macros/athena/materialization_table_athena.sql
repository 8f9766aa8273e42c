{#- Replaces dbt-athena's own, which renames the old table away before it renames the new one: for
    a moment there is none, and for good where the run dies then. Here the new table is built beside
    the old one, and one update of the catalog points the name to it. -#}
{% materialization table, adapter='athena', supported_languages=['sql'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and existing.is_view -%}
        {%- do drop_relation(existing) -%}
        {%- set existing = none -%}
    {%- endif -%}
    {#- The version before this one stays, for the queries that are reading it. -#}
    {{ return(replace_table_athena(existing, versions_to_keep=2)) }}
{% endmaterialization %}
