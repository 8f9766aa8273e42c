{#- An author is usually a key and a name. Where all are, one look says so; else each list of JSON
    texts is looked at in one go: its items, joined, are one text of known form. -#}
{%- set text = '"[^"\\\\]*(\\\\.[^"\\\\]*)*"' -%}
{%- set author_key = '"/authors/OL[0-9]+A"' -%}
{%- set usual_authors = '^\\[(\\{"key":' ~ author_key ~ ',"name":' ~ text ~ '\\},?)*\\]$' -%}
{%- set author_keys = json_pluck('works.authors_json', 'key') -%}
{%- set author_names = json_pluck('works.authors_json', 'name') -%}

{#- Asked for only where there is no key: extracting whole records would cost a second parse. -#}
{%- set record_kind = json_kind(list_element(json_fields('works.line', ['$.record']), 1)) -%}

with

parts as (

    select * from {{ ref('int_parts_listed') }}

),

works as (

    select * from {{ ref('stg_open_library__subject_works') }}
    where {{ listed_files_only(ref('int_parts_listed')) }}

),

checked as (

    select
        works.source_file,
        works.line,
        works.page_offset,
        works.page_position,
        works.fetched_at,

        works.book_key,
        -- Open Library's search index says "__None__" where a work has no title
        nullif(works.title, '__None__') as title,
        works.authors_json,
        works.first_publish_year as first_publish_year_reported,
        works.edition_count,
        works.cover_id,
        works.cover_edition_key,
        works.has_fulltext,

        case
            when works.line is null
                then 'line is not text'
            when not works.is_json
                then 'line is not valid JSON'
            when
                works.page_offset is null
                or works.page_position is null
                or works.fetched_at is null
                then 'line does not say where it came from'
            when works.book_key_json is null and {{ record_kind }} = '{'
                then 'key is missing'
            when works.book_key_json is null
                then 'record is not an object'
            when {{ json_kind('works.book_key_json') }} = 'n'
                then 'key is missing'
            when {{ json_kind('works.book_key_json') }} <> '"'
                then 'key is not text'
            when not {{ text_matches('works.book_key', '^/works/OL[0-9]+[WM]$') }}
                then 'key is not of the form /works/OL…'
            when {{ json_kind('works.title_json') }} in ('{', '[')
                then 'title is not text'
            when
                {{ json_kind('works.authors_json') }} <> 'n'
                and not {{ text_matches('works.authors_json', usual_authors) }}
                and not (
                    {{ json_kind('works.authors_json') }} = '['
                    and cardinality({{ author_keys }}) = json_array_length(works.authors_json)
                    and {{ text_matches(list_join(author_keys), '^(' ~ author_key ~ ')*$') }}
                    and {{ text_matches(list_join(author_names), '^(' ~ text ~ '|null)*$') }}
                )
                then 'authors is not a list of objects with keys'
            when
                works.first_publish_year is null
                and {{ json_kind('works.first_publish_year_json') }} <> 'n'
                then 'first_publish_year is not a whole number'
            when
                works.edition_count is null
                and {{ json_kind('works.edition_count_json') }} <> 'n'
                then 'edition_count is not a whole number'
            when
                works.cover_id is null
                and {{ json_kind('works.cover_id_json') }} <> 'n'
                then 'cover_id is not a whole number'
        end as rejection_reason
    from works

),

outcome as (

    select
        source_file,
        page_offset,
        page_position,
        fetched_at,
        book_key,
        title,
        authors_json,
        first_publish_year_reported,
        edition_count,
        cover_id,
        cover_edition_key,
        has_fulltext,
        rejection_reason,
        -- of use for a rejected record only, and long
        case when rejection_reason is not null then source_file end as rejected_file,
        case when rejection_reason is not null then substr(line, 1, 1000) end as rejected_line
    from checked

),

-- Last, when rows are narrow: Trino 476 loses rows beside one with several values of megabytes in
-- what a join hands on.
of_loads as (

    select
        parts.load_id,
        parts.subject,
        parts.load_started_at,
        outcome.page_offset,
        outcome.page_position,
        outcome.fetched_at,
        outcome.book_key,
        outcome.title,
        outcome.authors_json,
        outcome.first_publish_year_reported,
        outcome.edition_count,
        outcome.cover_id,
        outcome.cover_edition_key,
        outcome.has_fulltext,
        outcome.rejection_reason,
        outcome.rejected_file,
        outcome.rejected_line
    from outcome
    inner join parts on outcome.source_file = parts.source_file

)

select * from of_loads
