with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'dump_works'

),

works as (

    select * from {{ ref('stg_open_library_dump__works') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'dump_works') }}

),

checked as (

    select
        *,
        -- also right for a role that holds the author's key as a bare text
        regexp_extract_all(authors_json, '/authors/OL[0-9]+A') as author_keys,
        case
            {{ dump_line_rejections() }}
            when not {{ text_matches('key_json', '"/works/OL[0-9]+W"') }}
                then 'key is not of the form /works/OL…W'
            when {{ json_kind('title_json') }} in ('{', '[')
                then 'title is not text'
            when {{ json_kind('authors_json') }} not in ('[', 'n')
                then 'authors is not a list'
            when not {{ is_cover_list('covers_json') }}
                then 'covers is not a list of whole numbers'
            when
                not {{ is_text_list('subjects_json') }}
                or not {{ is_text_list('subject_people_json') }}
                or not {{ is_text_list('subject_places_json') }}
                or not {{ is_text_list('subject_times_json') }}
                then 'subjects is not a list of texts'
        end as rejection_reason
    from works

),

marked as (

    select
        *,
        {{ rejected_file_and_line() }}
    from checked

),

listed as (

    select
        marked.book_key,
        nullif(marked.title, '') as title,
        marked.author_keys,
        case
            when marked.rejection_reason is null and marked.authors_json <> 'null'
                then greatest(
                    cast(json_array_length(marked.authors_json) as bigint)
                    - cast(cardinality(marked.author_keys) as bigint),
                    0
                )
            else 0
        end as empty_role_count,
        {{ first_cover('marked.covers_json') }} as cover_id,
        case
            when marked.rejection_reason is null
                then {{ subject_slugs({
                    'marked.subjects_json': '',
                    'marked.subject_people_json': 'person:',
                    'marked.subject_places_json': 'place:',
                    'marked.subject_times_json': 'time:',
                }) }}
        end as subjects,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from listed
