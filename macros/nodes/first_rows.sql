{% macro first_rows(node) %}
    {%- if node.resource_type == 'seed' -%}
        select *
        from read_csv(
            {{ string_literal(node.root_path ~ '/' ~ node.original_file_path) }},
            header = true,
            all_varchar = true
        )
    {%- else -%}
        {#- In a hook `ref` knows only what the hook itself names, and there is no `this`. `dict`
            gives an empty one, which is false. -#}
        {%- set rows = render(
            '{% set ref = relation_named %}'
            ~ '{% set this = relation_named("' ~ node.name ~ '") %}'
            ~ '{% set is_incremental = dict %}'
            ~ node.raw_code
        ) -%}
        {{ build_snapshot_table({
            'updated_at': node.config.updated_at,
            'scd_id': snapshot_hash_arguments(
                api.Relation.scd_args(node.config.unique_key, node.config.updated_at)
            ),
            'hard_deletes': node.config.hard_deletes,
        }, rows) if node.resource_type == 'snapshot' else rows }}
    {%- endif -%}
{% endmacro %}
