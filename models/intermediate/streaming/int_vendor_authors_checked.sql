with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'vendor_authors'

),

records as (

    select * from {{ ref('stg_vendor__authors') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'vendor_authors') }}

),

keyed as (

    select
        *,
        {{ text_key('author_name') }} as vendor_author_key
    from records

),

checked as (

    select
        *,
        nullif(concat_ws('; ', first_nationality, second_nationality), '') as nationality,
        nullif(concat_ws('; ', first_nationality_slug, second_nationality_slug), '')
            as nationality_slug,
        not is_json
        or coalesce({{ is_flawed('line') }}, false)
        or coalesce({{ json_kind('author_name_json') }} in ('{', '['), false)
            as has_unreadable_key,
        case
            {{ file_line_rejections() }}
            when vendor_author_key is null
                then 'name is missing or not text'
            when birth_date is null and not {{ is_blank_json('birth_date_json') }}
                then 'birth_date is not a date'
            when death_date is null and not {{ is_blank_json('death_date_json') }}
                then 'died_at is not a date'
            when
                third_nationality_json is not null
                or {{ is_other_json('nationalities_json', '[') }}
                then 'nationalities is not a list of at most two'
            when
                {{ is_other_json('first_nationality_object_json', '{') }}
                or {{ is_other_json('second_nationality_object_json', '{') }}
                then 'nationality is not an object'
            when
                {{ json_kind('first_nationality_json') }} in ('{', '[')
                or {{ json_kind('first_nationality_slug_json') }} in ('{', '[')
                or {{ json_kind('second_nationality_json') }} in ('{', '[')
                or {{ json_kind('second_nationality_slug_json') }} in ('{', '[')
                then 'nationality is not text'
        end as rejection_reason
    from keyed

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
        parts.load_started_at,
        marked.file_row,
        marked.landed_at,
        marked.vendor_author_key,
        marked.author_name,
        marked.birth_date,
        marked.death_date,
        marked.nationality,
        marked.nationality_slug,
        marked.has_unreadable_key,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line,
        row_number() over (
            partition by marked.rejection_reason is null, marked.vendor_author_key
            order by marked.file_row desc
        ) as record_rank
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from with_load
