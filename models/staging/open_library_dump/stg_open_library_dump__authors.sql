with

unpacked as (

    {{ unpacked(source('open_library_dump', 'dump_authors'), {
        'key_json': '$.key',
        'author_name_json': '$.name',
    }, json=dump_json('line')) }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,

        -- the record, by type
        {{ json_scalar('key_json') }} as author_key,
        {{ json_scalar('author_name_json') }} as author_name,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        key_json,
        author_name_json
    from unpacked

)

select * from typed
