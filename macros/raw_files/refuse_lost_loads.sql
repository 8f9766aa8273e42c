{% macro refuse_lost_loads() %}
    {%- set checks = [] -%}
    {%- if execute -%}
        {%- set known = relation_named('int_loads_committed') -%}
        {%- set known = load_relation(known) if known -%}
        {#- Of the raw zone only the days of these loads, and those after them, are read. -#}
        {%- set days = run_query(
            'select distinct load_date from ' ~ known ~ ' where parts_json is not null order by 1'
        ).columns[0].values() if known else [] -%}
        {%- if known and not var('forget_loads') -%}
            {%- set lost -%}
                select
                    cast(null as varchar) as history,
                    cast(null as timestamp(6)) as known_at,
                    count(*) as load_count,
                    max(source_file) as example
                from {{ known }}
                where
                    parts_json is not null
                    and load_id not in (select load_id from landed where load_id is not null)
                having count(*) > 0
            {%- endset -%}
            {%- do checks.append(lost) -%}
        {%- endif -%}
        {%- for id in selected_resources if id.startswith('snapshot.') -%}
            {%- set history = load_relation(node_relation(graph.nodes[id])) -%}
            {%- set newer -%}
                select
                    '{{ history.identifier }}' as history,
                    max(dbt_updated_at) as known_at,
                    cast(null as bigint) as load_count,
                    cast(null as varchar) as example
                from {{ history }}
                having
                    max(dbt_updated_at) > coalesce(
                        (
                            select max(started_at) from landed
                            where
                                dataset not in ('subject_works', 'open_library_dump')
                                {%- if var('as_of') %}
                                and started_at <= {{ iso_timestamp(string_literal(var('as_of'))) }}
                                {%- endif %}
                        ),
                        timestamp '1970-01-01 00:00:00'
                    )
            {%- endset -%}
            {%- do checks.append(newer) if history -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if checks -%}
        {%- set commit_records = raw_table(graph.sources['source.book_analytics.extract.loads']) -%}
        {%- set found = run_query(
            'with landed as (select load_id, dataset, ' ~ iso_timestamp('started_at_text')
            ~ ' as started_at from (' ~ unpacked(
                commit_records,
                {
                    'load_id': '$.load_id',
                    'dataset': '$.dataset',
                    'started_at_text': '$.started_at',
                },
                as_text=true
            ) ~ ') as commits' ~ (
                " where load_date in ('" ~ days | join("', '") ~ "') or load_date > '" ~ days[-1] ~ "'"
                if days
            ) ~ ') ' ~ checks | join(' union all ') ~ ' order by load_count nulls last'
        ).rows -%}
        {%- for history, known_at, load_count, example in found -%}
            {%- do exceptions.raise_compiler_error(
                'the raw zone lacks loads that the tables were built from, ' ~ load_count
                ~ ' in all, such as ' ~ example ~ ': point RAW_ROOT to the raw zone that has them.'
                ~ ' To start afresh, take another WAREHOUSE_PATH; to go on without them:'
                ~ ' docs/runbooks/build.md'
                if load_count
                else history ~ ' knows a load of ' ~ known_at ~ ', and the raw zone none as new:'
                ~ ' point RAW_ROOT to the whole raw zone, or rebuild the history:'
                ~ ' docs/runbooks/history.md'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
