with

loads as (

    select
        load_id,
        load_date,
        started_at as load_started_at,
        is_current,
        files_json
    from {{ ref('int_loads_committed') }}
    where files_json is not null

),

files as (

    select
        load_id,
        load_date,
        load_started_at,
        is_current,
        dataset,
        file_name,
        file_sha256,
        cast(byte_count as bigint) as byte_count,
        cast(record_count as bigint) as record_count
    from
        {{ unnested(
            'loads',
            'files_json',
            {
                'dataset': 'dataset',
                'name': 'file_name',
                'sha256': 'file_sha256',
                'bytes': 'byte_count',
                'records': 'record_count',
            },
            'file_position'
        ) }} as listed

),

-- A file that did not change is landed again with those that did. One that goes back to an earlier
-- state did change.
listed as (

    select
        *,
        coalesce(
            file_sha256 <> lag(file_sha256) over (
                partition by dataset
                order by load_started_at, load_id
            ),
            true
        ) as is_changed
    from files

)

select * from listed
