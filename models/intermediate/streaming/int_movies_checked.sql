with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'movies'

),

records as (

    select * from {{ ref('stg_streaming__movies') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'movies') }}

),

keyed as (

    select
        *,
        {{ text_key('title') }} as movie_key
    from records

),

checked as (

    select
        *,
        not is_json as has_unreadable_key,
        case
            {{ file_line_rejections() }}
            when movie_key is null
                then 'title is missing'
            when duration_minutes is null and duration_minutes_text <> ''
                then 'duration_mins is not a whole number'
            when duration_minutes > {{ var('longest_movie_minutes') }}
                then 'duration_mins is out of range'
            when size_mb is null and size_mb_text <> ''
                then 'size_mb is not a number'
            when size_mb not between 0 and {{ var('largest_size_mb') }}
                then 'size_mb is out of range'
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
        marked.movie_key,
        marked.title,
        -- 0 and -1 stand for an unknown length
        case when marked.duration_minutes > 0 then marked.duration_minutes end as duration_minutes,
        marked.original_language,
        nullif(marked.size_mb, 0) as size_mb,
        marked.has_unreadable_key,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line,
        row_number() over (
            partition by marked.rejection_reason is null, marked.movie_key
            order by marked.file_row desc
        ) as record_rank
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from with_load
