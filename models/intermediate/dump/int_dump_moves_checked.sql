with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset in ('dump_redirects', 'dump_deletes')

),

redirects as (

    select * from {{ ref('stg_open_library_dump__redirects') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'dump_redirects') }}

),

deletes as (

    select * from {{ ref('stg_open_library_dump__deletes') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'dump_deletes') }}

),

moves as (

    select
        source_file,
        line,
        is_json,
        from_key,
        to_key,
        key_json,
        location_json
    from redirects

    union all

    select
        source_file,
        line,
        is_json,
        from_key,
        cast(null as varchar) as to_key,
        key_json,
        '""' as location_json
    from deletes

),

checked as (

    select
        *,
        case
            {{ dump_line_rejections() }}
            when {{ json_kind('key_json') }} <> '"'
                then 'key is not text'
            when coalesce({{ json_kind('location_json') }}, 'n') <> '"'
                then 'location is not text'
        end as rejection_reason
    from moves

),

marked as (

    select
        *,
        {{ rejected_file_and_line() }}
    from checked

),

listed as (

    select
        parts.dataset,
        marked.from_key,
        marked.to_key,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from listed
