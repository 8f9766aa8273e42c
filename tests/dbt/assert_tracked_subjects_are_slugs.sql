-- The loader lands "Science Fiction" as science_fiction. A tracked subject in any other form would
-- be a second row of subjects, tracked but forever empty.

with

tracked_subjects as (

    select * from {{ ref('tracked_subjects') }}

)

select subject
from tracked_subjects
where
    subject <> lower(subject)
    or subject like '-%'
    or not {{ text_matches(
        'subject', '((person|place|time):)?[^\\[\\] ;/?:@&=+$,<>#%"{}|^`\\\\]+'
    ) }}
