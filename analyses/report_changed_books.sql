with

previous_loads as (

    select * from {{ ref('int_loads_previous') }}

),

-- A replay of dead letters amends a commit record, which then lists all parts again.
commit_records as (

    select
        previous_loads.load_id,
        previous_loads.subject,
        records.raw_root,
        records.parts_json
    from previous_loads
    inner join {{ ref('stg_extract__loads') }} as records
        on previous_loads.source_file = records.source_file

),

parts as (

    select
        subject,
        raw_root || '/subject_works/' || part_path as source_file
    from {{ unnested('commit_records', 'parts_json', {'path': 'part_path'}, 'part_position') }}
        as listed

),

works_before as (

    select
        parts.subject,
        works.book_key,
        min(works.title) as title,
        min(works.first_publish_year) as first_publish_year
    from {{ ref('stg_open_library__subject_works') }} as works
    inner join parts on works.source_file = parts.source_file
    -- literals, because both engines skip files by literals only
    where works.load_date in {{ text_literals(ref('int_loads_previous'), 'load_date') }}
    group by parts.subject, works.book_key

),

-- A book whose record is rejected now did not vanish.
works_now as (

    select distinct
        works.subject,
        works.book_key
    from {{ ref('int_works_checked') }} as works
    inner join previous_loads on works.subject = previous_loads.subject

),

changed as (

    select
        subject_books.subject,
        'new' as change_kind,
        books.book_key,
        books.title,
        books.first_publish_year
    from {{ ref('subject_books') }} as subject_books
    inner join previous_loads on subject_books.subject = previous_loads.subject
    inner join {{ ref('books') }} as books on subject_books.book_key = books.book_key
    left join works_before
        on
            subject_books.subject = works_before.subject
            and subject_books.book_key = works_before.book_key
    where works_before.book_key is null

    union all

    select
        works_before.subject,
        'vanished' as change_kind,
        works_before.book_key,
        works_before.title,
        works_before.first_publish_year
    from works_before
    left join works_now
        on
            works_before.subject = works_now.subject
            and works_before.book_key = works_now.book_key
    where
        works_now.book_key is null
        and {{ text_matches('works_before.book_key', '/works/OL[0-9]+[WM]') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by subject, change_kind order by title asc nulls last, book_key asc
        ) as book_rank,
        count(*) over (partition by subject, change_kind) as book_count
    from changed

)

select
    subject,
    change_kind,
    book_rank,
    book_count,
    book_key,
    title,
    first_publish_year
from ranked
where book_rank <= 100
order by subject asc, change_kind asc, book_rank asc
