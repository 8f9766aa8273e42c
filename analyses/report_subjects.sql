select
    subjects.subject,
    subjects.subject_name,
    subjects.is_tracked,
    subjects.is_complete,
    subjects.book_count,
    subjects.loaded_at,
    quality.load_id,
    quality.record_count,
    quality.duplicate_count,
    quality.rejected_count,
    quality.books_without_year_count,
    quality.books_with_implausible_year_count,
    quality.books_without_author_count
from {{ ref('subjects') }} as subjects
left join {{ ref('data_quality_summary') }} as quality on subjects.subject = quality.subject
-- a dump's books have a million subjects that nobody asked about
where subjects.is_tracked or subjects.load_id is not null
order by subjects.book_count desc, subjects.subject asc
