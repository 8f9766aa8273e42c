with

unpacked as (

    {{ unpacked(source('open_library_dump', 'dump_works'), {
        'key_json': '$.key',
        'title_json': '$.title',
        'authors_json': '$.authors',
        'covers_json': '$.covers',
        'subjects_json': '$.subjects',
        'subject_people_json': '$.subject_people',
        'subject_places_json': '$.subject_places',
        'subject_times_json': '$.subject_times',
    }, json=dump_json('line')) }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,

        -- the record, by type
        {{ json_scalar('key_json') }} as book_key,
        {{ json_scalar('title_json') }} as title,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        key_json,
        title_json,
        authors_json,
        covers_json,
        subjects_json,
        subject_people_json,
        subject_places_json,
        subject_times_json
    from unpacked

)

select * from typed
