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
            when duration_minutes is null and not {{ is_blank_json('duration_minutes_json') }}
                then 'duration_mins is not a whole number'
            when size_mb is null and not {{ is_blank_json('size_mb_json') }}
                then 'size_mb is not a number'
        end as rejection_reason,
        line
    from records

),

-- Last, when rows are narrow: Trino 476 loses rows beside one with several values of megabytes in
-- what a join hands on.
of_loads as (

    select
        parts.load_id,
        parts.load_started_at,
        checked.file_row,
        checked.landed_at,
        checked.movie_key,
        checked.title,
        checked.duration_minutes,
        checked.original_language,
        checked.size_mb,
        checked.rejection_reason,
        -- of use for a rejected record only, and long
        case when checked.rejection_reason is not null then checked.source_file end
            as rejected_file,
        case when checked.rejection_reason is not null then substr(checked.line, 1, 1000) end
            as rejected_line,
        row_number() over (
            partition by checked.rejection_reason is null, checked.movie_key
            order by checked.file_row desc
        ) as record_rank
    from checked
    inner join parts on checked.source_file = parts.source_file

)

select * from of_loads
