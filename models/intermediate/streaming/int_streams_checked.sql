{{
    config(
        materialized='incremental',
        incremental_strategy=append_strategy(),
        unique_key=['load_id', 'file_row'],
        unique_tmp_table_suffix=true,
        on_schema_change='fail',
    )
}}

{%- set batch = '(select coalesce(max(known.batch), 0) + 1 from ' ~ this ~ ' as known)' -%}

with

parts as (

    select
        *,
        cast({{ batch if is_incremental() else 1 }} as bigint) as batch
    from {{ ref('int_file_parts_listed') }}
    where dataset = 'streams'

),

-- Rows from earlier builds stay: appending a day reads only that day.
records as (

    select * from {{ ref('stg_streaming__streams') }}
    where
        {{ listed_files_only(
            ref('int_file_parts_listed'), 'streams', read_by=this if is_incremental() else none
        ) }}

),

keyed as (

    select
        *,
        {{ text_key('movie_title') }} as movie_key,
        {{ text_key('user_email') }} as user_key
    from records

),

checked as (

    select
        *,
        case
            {{ file_line_rejections() }}
            when movie_key is null
                then 'movie_title is missing'
            when user_key is null
                then 'user_email is missing'
            when started_at is null
                then 'start_at is not a time with an offset'
            when ended_at is null
                then 'end_at is not a time with an offset'
            when ended_at < started_at
                then 'end_at is before start_at'
            when {{ is_implausible_time('started_at', 'landed_at') }}
                then 'start_at is out of range'
            when ended_at > started_at + interval '{{ var("longest_stream_hours") }}' hour
                then 'end_at is too long after start_at'
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
        marked.file_row,
        marked.landed_at,
        marked.user_key,
        marked.user_email,
        marked.movie_key,
        marked.movie_title,
        marked.started_at,
        marked.ended_at,
        marked.size_mb,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line,
        parts.batch
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from with_load
