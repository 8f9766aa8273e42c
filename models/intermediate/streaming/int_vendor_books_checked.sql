with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'vendor_books'

),

records as (

    select * from {{ ref('stg_vendor__books') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'vendor_books') }}

),

keyed as (

    select
        *,
        {{ text_key('book_title') }} as book_title_key,
        {{ text_key('author_name') }} as vendor_author_key
    from records

),

checked as (

    select
        *,
        {{ surrogate_key(['book_title_key', 'vendor_author_key']) }} as vendor_book_key,
        not is_json
        or coalesce({{ is_flawed('line') }}, false)
        or coalesce({{ json_kind('book_title_json') }} in ('{', '['), false)
        or coalesce({{ json_kind('author_name_json') }} in ('{', '['), false)
            as has_unreadable_key,
        case
            {{ file_line_rejections() }}
            when book_title_key is null
                then 'name is missing or not text'
            when vendor_author_key is null
                then 'author is missing or not text'
            when {{ json_kind('publisher_json') }} in ('{', '[')
                then 'publisher is not text'
            when page_count is null and not {{ is_blank_json('page_count_json') }}
                then 'pages is not a whole number'
            when page_count not between 0 and {{ var('largest_page_count') }}
                then 'pages is out of range'
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
        marked.vendor_book_key,
        marked.book_title,
        marked.vendor_author_key,
        marked.author_name,
        marked.publisher,
        nullif(marked.page_count, 0) as page_count,
        marked.has_unreadable_key,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line,
        row_number() over (
            partition by marked.rejection_reason is null, marked.vendor_book_key
            order by marked.file_row desc
        ) as record_rank
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from with_load
