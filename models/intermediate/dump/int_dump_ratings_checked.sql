with

parts as (

    select * from {{ ref('int_file_parts_listed') }}
    where dataset = 'dump_ratings'

),

ratings as (

    select * from {{ ref('stg_open_library_dump__ratings') }}
    where {{ listed_files_only(ref('int_file_parts_listed'), 'dump_ratings') }}

),

checked as (

    select
        *,
        case
            when line is null
                then 'line is not text'
            when not {{ text_matches('book_key', '/works/OL[0-9]+W') }}
                then 'key is not of the form /works/OL…W'
            when rating is null
                then 'rating is not 1 to 5'
            when rated_on is null
                then 'date cannot be read'
        end as rejection_reason
    from ratings

),

marked as (

    select
        *,
        {{ rejected_file_and_line() }}
    from checked

),

listed as (

    select
        marked.book_key,
        marked.rating,
        marked.rated_on,
        marked.rejection_reason,
        marked.rejected_file,
        marked.rejected_line
    from marked
    inner join parts on marked.source_file = parts.source_file

)

select * from listed
