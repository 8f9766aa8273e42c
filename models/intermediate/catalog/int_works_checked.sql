{#- Evaluated only if there is no key: extracting all records would cost a second parse. -#}
{%- set record_kind = json_kind(json_fields('line', ['$.record']) ~ '[1]') -%}

with

parts as (

    select * from {{ ref('int_parts_listed') }}

),

works as (

    select * from {{ ref('stg_open_library__subject_works') }}
    where {{ listed_files_only(ref('int_parts_listed')) }}

),

plain as (

    select
        *,
        {{ has_plain_authors('authors_json') }} as has_plain_authors
    from works

),

-- A role without an author names nobody, and the others count.
listed as (

    select
        *,
        case when has_plain_authors then authors_json else {{ filled_roles('authors_json') }} end
            as listed_authors_json
    from plain

),

checked as (

    select
        *,
        case
            when line is null
                then 'line is not text'
            when not is_json
                then 'line is not valid JSON'
            when page_offset is null or page_position is null or fetched_at is null
                then 'line does not say where it came from'
            when {{ is_flawed('line') }}
                then 'record is not valid JSON'
            when book_key_json is null and {{ record_kind }} = '{'
                then 'key is missing'
            when book_key_json is null
                then 'record is not an object'
            when {{ json_kind('book_key_json') }} = 'n'
                then 'key is missing'
            when {{ json_kind('book_key_json') }} <> '"'
                then 'key is not text'
            when not {{ text_matches('book_key', '/works/OL[0-9]+[WM]') }}
                then 'key is not of the form /works/OL…'
            when {{ json_kind('title_json') }} in ('{', '[')
                then 'title is not text'
            when not has_plain_authors and {{ has_malformed_authors('listed_authors_json') }}
                then 'authors is not a list of objects with keys'
            when first_publish_year is null and {{ json_kind('first_publish_year_json') }} <> 'n'
                then 'first_publish_year is not a whole number'
            when edition_count is null and {{ json_kind('edition_count_json') }} <> 'n'
                then 'edition_count is not a whole number'
            when cover_id is null and {{ json_kind('cover_id_json') }} <> 'n'
                then 'cover_id is not a whole number'
        end as rejection_reason
    from listed

),

marked as (

    select
        *,
        {{ rejected_file_and_line() }}
    from checked

),

-- Joined last, without the long columns: see docs/decisions/0012.
with_load as (

    select
        parts.load_id,
        parts.subject,
        parts.load_started_at,
        marked.page_offset,
        marked.page_position,
        marked.fetched_at,
        marked.book_key,
        -- Open Library's search index says "__None__" where a work has no title
        nullif({{ visible_text('marked.title') }}, '__None__') as title,
        marked.listed_authors_json as authors_json,
        case
            when marked.has_plain_authors or marked.rejection_reason is not null then 0
            else coalesce(
                cast(json_array_length(marked.authors_json) as bigint)
                - cast(json_array_length(marked.listed_authors_json) as bigint),
                0
            )
        end as empty_role_count,
        marked.first_publish_year as first_publish_year_reported,
        marked.edition_count,
        marked.cover_id,
        marked.cover_edition_key,
        marked.has_fulltext,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from with_load
