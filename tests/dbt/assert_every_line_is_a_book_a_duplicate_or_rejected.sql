-- The summary promises that every landed record is in exactly one place. This recounts the marts,
-- and counts the duplicates themselves instead of taking them as the remainder. What a dump knows
-- better is a book of the dump, or none.

with

summary as (

    select * from {{ ref('data_quality_summary') }}

),

works as (

    select * from {{ ref('int_works_checked') }}

),

outdated as (

    select * from {{ ref('int_books_contested') }}
    where is_outdated

),

subject_books as (

    select * from {{ ref('subject_books') }}

),

rejected_records as (

    select * from {{ ref('rejected_records') }}

),

landed as (

    select
        works.subject,
        count(*) as record_count,
        count(*) filter (where works.rejection_reason is null)
        - count(distinct works.book_key) filter (
            where works.rejection_reason is null
        ) as duplicate_count,
        count(distinct outdated.book_key) filter (
            where works.rejection_reason is null
        ) as outdated_count
    from works
    left join outdated on works.book_key = outdated.book_key
    group by works.subject

),

book_counts as (

    select
        subject,
        count(*) as book_count,
        count(*) filter (where source = 'api') as api_book_count
    from subject_books
    group by subject

),

rejected_counts as (

    select
        subject,
        count(*) as rejected_count
    from rejected_records
    group by subject

)

select
    summary.subject,
    summary.record_count,
    summary.book_count,
    summary.duplicate_count,
    summary.rejected_count,
    summary.outdated_count
from summary
left join landed on summary.subject = landed.subject
left join book_counts on summary.subject = book_counts.subject
left join rejected_counts on summary.subject = rejected_counts.subject
where
    summary.record_count
    is distinct from coalesce(book_counts.api_book_count, 0) + summary.outdated_count
    + summary.duplicate_count + summary.rejected_count
    or summary.record_count is distinct from coalesce(landed.record_count, 0)
    or summary.duplicate_count is distinct from coalesce(landed.duplicate_count, 0)
    or summary.outdated_count is distinct from coalesce(landed.outdated_count, 0)
    or summary.book_count is distinct from coalesce(book_counts.book_count, 0)
    or summary.rejected_count is distinct from coalesce(rejected_counts.rejected_count, 0)
