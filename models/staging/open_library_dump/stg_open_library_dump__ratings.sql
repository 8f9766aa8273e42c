with

lines as (

    select
        -- an empty line is null on every engine
        nullif(line, '') as line,
        load_date,
        "$path" as source_file
    from {{ source('open_library_dump', 'dump_ratings') }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,

        -- the record, by type; a missing edition was empty before May 2026, and has been \N since
        split_part(line, chr(9), 1) as book_key,
        nullif(nullif(split_part(line, chr(9), 2), ''), '\N') as edition_key,
        case
            when {{ text_matches('split_part(line, chr(9), 3)', '[1-5]') }}
                then cast(split_part(line, chr(9), 3) as integer)
        end as rating,
        {{ written_date('split_part(line, chr(9), 4)') }} as rated_on,

        -- as it was sent
        line
    from lines

)

select * from typed
