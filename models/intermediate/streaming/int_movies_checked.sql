with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'movies'

),

records as (

    select * from {{ ref('stg_streaming__movies') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), "dataset = 'movies'") }}

),

checked as (

    select
        source_file,
        file_row,
        landed_at,
        lower(title) as movie_key,
        title,
        duration_minutes,
        original_language,
        size_mb,
        case
            {{ file_line_rejections() }}
            when title is null
                then 'title is missing'
            when duration_minutes is null and duration_minutes_text <> ''
                then 'duration_mins is not a whole number'
            when size_mb is null and size_mb_text <> ''
                then 'size_mb is not a number'
        end as rejection_reason,
        line
    from records

),

outcome as (

    select
        source_file,
        file_row,
        landed_at,
        movie_key,
        title,
        duration_minutes,
        original_language,
        size_mb,
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
        outcome.movie_key,
        outcome.title,
        outcome.duration_minutes,
        outcome.original_language,
        outcome.size_mb,
        outcome.rejection_reason,
        outcome.rejected_file,
        outcome.rejected_line,
        row_number() over (
            partition by outcome.rejection_reason is null, outcome.movie_key
            order by outcome.file_row desc
        ) as record_rank
    from outcome
    inner join parts on outcome.source_file = parts.source_file

)

select * from of_loads
