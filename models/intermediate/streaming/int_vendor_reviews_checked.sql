with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'vendor_reviews'

),

records as (

    select * from {{ ref('stg_vendor__reviews') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'vendor_reviews') }}

),

-- The vendor lists two movies; one of them, first or second, is the word that ends the list.
keyed as (

    select
        *,
        {{ text_key("nullif(first_movie, 'end')") }} as first_movie_key,
        {{ text_key("nullif(second_movie, 'end')") }} as second_movie_key
    from records

),

named as (

    select
        *,
        coalesce(first_movie_key, second_movie_key) as movie_key,
        case when first_movie_key is null then second_movie else first_movie end as movie_title
    from keyed

),

checked as (

    select
        *,
        {{ surrogate_key([
            'movie_key',
            "cast(date_diff('millisecond', timestamp '1970-01-01 00:00:00', created_at) as varchar)",
        ]) }} as vendor_review_key,
        not is_json
        or coalesce({{ is_flawed('line') }}, false)
        or (created_at is null and not coalesce({{ is_blank_json('created_at_json') }}, true))
        or coalesce({{ is_implausible_time('created_at', 'landed_at') }}, false)
            as has_unreadable_key,
        case
            {{ file_line_rejections() }}
            when created_at is null
                then 'created is not a time with an offset'
            when updated_at is null and not {{ is_blank_json('updated_at_json') }}
                then 'updated is not a time with an offset'
            when {{ is_implausible_time('created_at', 'landed_at') }}
                then 'created is out of range'
            when {{ is_implausible_time('updated_at', 'landed_at') }}
                then 'updated is out of range'
            when
                third_movie_json is not null
                or (
                    first_movie_key is not null
                    and second_movie_key is not null
                )
                then 'movies names more than one movie'
            when movie_key is null
                then 'movies names no movie'
            when
                second_book_json is not null
                or {{ is_other_json('books_json', '[') }}
                then 'books is not a list of at most one'
            when
                {{ is_other_json('book_object_json', '{') }}
                or {{ is_other_json('book_metadata_json', '{') }}
                or {{ json_kind('book_title_json') }} in ('{', '[')
                then 'book has no title that is text'
            when {{ is_other_json('rating_object_json', '{') }}
                then 'rating is not an object'
            when rating is null and not {{ is_blank_json('rating_json') }}
                then 'rating is not a whole number'
            when {{ is_other_json('content_object_json', '{') }}
                then 'content is not an object'
            when {{ json_kind('review_text_json') }} in ('{', '[')
                then 'content is not text'
        end as rejection_reason
    from named

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
        marked.vendor_review_key,
        marked.movie_key,
        marked.movie_title,
        marked.created_at,
        marked.book_title,
        marked.rating as rating_reported,
        marked.review_text,
        marked.updated_at,
        marked.has_unreadable_key,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line,
        row_number() over (
            partition by marked.rejection_reason is null, marked.vendor_review_key
            order by marked.updated_at desc nulls last, marked.file_row desc
        ) as record_rank
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from with_load
