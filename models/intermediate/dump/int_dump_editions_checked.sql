with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'dump_editions'

),

editions as (

    select * from {{ ref('stg_open_library_dump__editions') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'dump_editions') }}

),

checked as (

    select
        *,
        {{ listed_texts(['isbns_13_json', 'isbns_10_json']) }} as isbns,
        {{ list_map(listed_texts(['publishers_json']), 'name', trimmed('name')) }} as publishers,
        regexp_extract_all(languages_json, '"/languages/([a-z]+)"', 1) as language_codes,
        case
            {{ dump_line_rejections() }}
            when not {{ text_matches('key_json', '"/books/OL[0-9]+M"') }}
                then 'key is not of the form /books/OL…M'
            when
                not coalesce({{ json_kind('work_key_json') }} = '"', works_json in ('null', '[]'))
                then 'works is not a list of objects with keys'
            when {{ json_kind('title_json') }} in ('{', '[')
                then 'title is not text'
            when {{ json_kind('publish_date_json') }} in ('{', '[')
                then 'publish_date is not text'
            when not {{ is_cover_list('covers_json') }}
                then 'covers is not a list of whole numbers'
            when work_key is null and {{ json_kind('authors_json') }} not in ('[', 'n')
                then 'authors is not a list'
            when work_key is null and not {{ is_text_list('subjects_json') }}
                then 'subjects is not a list of texts'
        end as rejection_reason
    from editions

),

marked as (

    select
        *,
        {{ list_map('isbns', 'written', isbn_13('written')) }} as converted_isbns,
        {{ rejected_file_and_line() }}
    from checked

),

listed as (

    select
        -- ids
        marked.edition_key,
        marked.work_key,

        -- what decides the columns of its book
        nullif(marked.title, '') as title,
        marked.publish_date,
        {{ written_year('marked.publish_date') }} as publish_year,
        {{ first_cover('marked.covers_json') }} as cover_id,
        marked.covers_json,
        -- only an edition without a work is a book of its own
        case
            when marked.work_key is null
                then regexp_extract_all(marked.authors_json, '/authors/OL[0-9]+A')
        end as author_keys,
        case
            when marked.work_key is null and marked.rejection_reason is null
                then {{ subject_slugs({'marked.subjects_json': ''}) }}
        end as subjects,

        -- what it is
        {{ list_unique('marked.converted_isbns') }} as isbns_13,
        -- few have one that is not valid
        case
            when cardinality(marked.converted_isbns) < cardinality(marked.isbns)
                then {{ list_map('marked.isbns', 'written', isbn_fault('written')) }}
        end as isbn_faults,
        {{ list_unique('marked.publishers') }} as publishers,
        {{ list_unique('marked.language_codes') }} as language_codes,
        case
            when marked.page_count between 1 and {{ var('largest_page_count') }}
                then marked.page_count
        end as page_count,
        {{ trimmed('marked.physical_format') }} as physical_format,
        coalesce(marked.ocaid_json not in ('null', '""'), false) as has_scan,

        -- why it is not in the marts
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from listed
