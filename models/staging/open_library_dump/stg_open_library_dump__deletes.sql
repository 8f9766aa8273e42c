with

unpacked as (

    {{ unpacked(source('open_library_dump', 'dump_deletes'), {
        'key_json': '$.key',
    }, json=dump_json('line')) }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,

        -- the record, by type
        {{ json_scalar('key_json') }} as from_key,

        -- as it was sent, for the rules that ask what kind of value it was
        line,
        is_json,
        key_json
    from unpacked

)

select * from typed
