with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'users'

),

records as (

    select * from {{ ref('stg_streaming__users') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'users') }}

),

keyed as (

    select
        *,
        {{ text_key('user_email') }} as user_key
    from records

),

checked as (

    select
        *,
        case
            {{ file_line_rejections() }}
            when user_key is null
                then 'email is missing'
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
        marked.first_name,
        marked.last_name,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line,
        row_number() over (
            partition by marked.rejection_reason is null, marked.user_key
            order by marked.file_row desc
        ) as record_rank
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from with_load
