-- The loader lands "Science Fiction" as science_fiction. A tracked subject in any other form would
-- be a second row of subjects, tracked but forever empty, and a category's would have no books.

with

subjects as (

    select subject from {{ ref('tracked_subjects') }}
    union all
    select subject from {{ ref('store_categories') }}

)

select subject
from subjects
where
    subject <> lower(subject)
    or subject like '-%'
    or not {{ text_matches(
        'subject', '((person|place|time):)?[^\\[\\] ;/?:@&=+$,<>#%"{}|^`\\\\]+'
    ) }}
