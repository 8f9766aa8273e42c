with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'users'

),

records as (

    select * from {{ ref('stg_streaming__users') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), "dataset = 'users'") }}

),

checked as (

    select
        source_file,
        file_row,
        landed_at,
        user_email,
        first_name,
        last_name,
        case
            {{ file_line_rejections() }}
            when user_email is null
                then 'email is missing'
        end as rejection_reason,
        line
    from records

),

outcome as (

    select
        source_file,
        file_row,
        landed_at,
        user_email,
        first_name,
        last_name,
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
        outcome.user_email,
        outcome.first_name,
        outcome.last_name,
        outcome.rejection_reason,
        outcome.rejected_file,
        outcome.rejected_line,
        row_number() over (
            partition by outcome.rejection_reason is null, outcome.user_email
            order by outcome.file_row desc
        ) as record_rank
    from outcome
    inner join parts on outcome.source_file = parts.source_file

)

select * from of_loads
