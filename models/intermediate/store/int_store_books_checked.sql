with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'store_books'

),

records as (

    select * from {{ ref('stg_store__books') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'store_books') }}

),

keyed as (

    select
        *,
        {{ isbn_13('isbn') }} as isbn_13,
        {{ isbn_fault('isbn') }} as isbn_fault,
        {{ text_key('title') }} as title_key,
        {{ text_key('author_name') }} as author_name_key
    from records

),

checked as (

    select
        *,
        case
            when isbn_13 is not null then isbn_13
            when title_key is not null
                then {{ surrogate_key([
                    "coalesce(isbn, '')", 'title_key', "coalesce(author_name_key, '')"
                ]) }}
        end as store_book_key,
        not is_json as has_unreadable_key,
        case
            {{ file_line_rejections() }}
            when isbn_13 is null and title_key is null
                then 'there is neither a valid isbn nor a title'
        end as rejection_reason,
        -- It is sold all the same, and would be recommended if it were rejected.
        nullif(
            concat_ws(
                '; ',
                case
                    when price is null and {{ text_key('price_text') }} is not null
                        then 'price is not a number'
                    when price < 0
                        then 'price is below 0'
                end,
                case
                    when
                        {{ text_key('currency') }} is not null
                        and not {{ text_matches('currency', '[A-Z]{3}') }}
                        then 'currency is not three letters'
                end,
                case
                    when stock is null and {{ text_key('stock_text') }} is not null
                        then 'stock is not a whole number'
                end
            ),
            ''
        ) as value_faults
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
        marked.store_book_key,
        marked.isbn,
        marked.isbn_13,
        marked.isbn_fault,
        case when marked.title_key is not null then marked.title end as title,
        case when marked.author_name_key is not null then marked.author_name end as author_name,
        case when marked.price >= 0 then marked.price end as price,
        case when {{ text_matches('marked.currency', '[A-Z]{3}') }} then marked.currency end
            as currency,
        marked.stock,
        marked.value_faults,
        marked.category,
        marked.store_name,
        marked.has_unreadable_key,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line,
        row_number() over (
            partition by marked.rejection_reason is null, marked.store_book_key
            order by marked.file_row desc
        ) as record_rank
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from with_load
