with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'vendor_books'

),

records as (

    select * from {{ ref('stg_vendor__books') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), "dataset = 'vendor_books'") }}

),

checked as (

    select
        source_file,
        file_row,
        landed_at,
        {{ surrogate_key(['book_title', 'author_name']) }} as vendor_book_key,
        book_title,
        author_name,
        publisher,
        page_count,
        case
            {{ file_line_rejections() }}
            when book_title is null
                then 'name is missing or not text'
            when author_name is null
                then 'author is missing or not text'
            when {{ json_kind('publisher_json') }} in ('{', '[')
                then 'publisher is not text'
            when page_count is null and not {{ is_blank_json('page_count_json') }}
                then 'pages is not a whole number'
        end as rejection_reason,
        line
    from records

),

outcome as (

    select
        source_file,
        file_row,
        landed_at,
        vendor_book_key,
        book_title,
        author_name,
        publisher,
        page_count,
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
        parts.load_started_at,
        outcome.file_row,
        outcome.landed_at,
        outcome.vendor_book_key,
        outcome.book_title,
        outcome.author_name,
        outcome.publisher,
        outcome.page_count,
        outcome.rejection_reason,
        outcome.rejected_file,
        outcome.rejected_line,
        row_number() over (
            partition by outcome.rejection_reason is null, outcome.vendor_book_key
            order by outcome.file_row desc
        ) as record_rank
    from outcome
    inner join parts on outcome.source_file = parts.source_file

)

select * from of_loads
