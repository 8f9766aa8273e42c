with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'dump_authors'

),

authors as (

    select * from {{ ref('stg_open_library_dump__authors') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'dump_authors') }}

),

checked as (

    select
        *,
        case
            {{ dump_line_rejections() }}
            when not {{ text_matches('key_json', '"/authors/OL[0-9]+A"') }}
                then 'key is not of the form /authors/OL…A'
            when {{ json_kind('author_name_json') }} in ('{', '[')
                then 'name is not text'
        end as rejection_reason
    from authors

),

marked as (

    select
        *,
        {{ rejected_file_and_line() }}
    from checked

),

listed as (

    select
        marked.author_key,
        {{ visible_text('marked.author_name') }} as author_name,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from listed
