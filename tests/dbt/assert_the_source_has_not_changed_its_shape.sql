-- Odd records are rejected one by one and listed in rejected_records. If most records of a subject
-- or of a file of a dump are rejected, Open Library has changed a field for good: then no mart is
-- built, so that the last good ones stay. The test needs at least a page of records, because a
-- handful of odd ones proves nothing. 2026-11: none of the 1,000 records of the real page is
-- rejected.

with

works as (

    select * from {{ ref('int_works_checked') }}

),

moves as (

    select * from {{ ref('int_dump_moves_checked') }}

),

-- Each is upstream of the marts: a test holds back only what all its tables lead to.
records as (

    select
        subject,
        rejection_reason
    from works
    {% for dump in ['works', 'editions', 'authors'] %}
        union all

        select
            'dump_{{ dump }}' as subject,
            rejection_reason
        from {{ ref('int_dump_' ~ dump ~ '_checked') }}
    {% endfor %}
    union all

    select
        dataset as subject,
        rejection_reason
    from moves

),

counts as (

    select
        subject,
        count(*) as record_count,
        count(rejection_reason) as rejected_count
    from records
    group by subject

)

select
    subject,
    record_count,
    rejected_count
from counts
where
    record_count >= 1000
    and rejected_count * 2 > record_count
