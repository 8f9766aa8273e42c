-- The loader lands "Science Fiction" as science_fiction. A tracked subject that is typed in another
-- form would be a second row of subjects, tracked and for ever empty.

with

tracked_subjects as (

    select * from {{ ref('tracked_subjects') }}

)

select subject
from tracked_subjects
where
    subject <> lower(subject)
    or not {{ text_matches(
        'subject', '^((person|place|time):)?[^\\[\\] ;/?:@&=+$,<>#%"{}|^`\\\\]+$'
    ) }}
