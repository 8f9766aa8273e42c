{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['user_email', 'movie_key', 'started_at'],
        unique_tmp_table_suffix=true,
        on_schema_change='fail',
        merge_update_condition='DBT_INTERNAL_SOURCE.load_id >= DBT_INTERNAL_DEST.load_id',
        update_condition='src.load_id >= target.load_id',
    )
}}

with

movies as (

    select * from {{ ref('movies') }}

),

-- Those that were read since, and those whose movie has another duration by now.
records as {{ '' if is_incremental() else not_materialized() }} (

    select
        load_id,
        file_row,
        batch,
        user_email,
        movie_key,
        movie_title,
        started_at,
        ended_at,
        size_mb
    from {{ ref('int_streams_checked') }}
    where
        rejection_reason is null
    {% if is_incremental() %}
        and load_id in ({{ new_loads(ref('int_streams_checked'), this) }})

    union all

    select
        known.load_id,
        known.file_row,
        known.batch,
        known.user_email,
        known.movie_key,
        known.movie_title,
        known.started_at,
        known.ended_at,
        known.size_mb
    from {{ this }} as known
    where
        known.movie_key in (
            select measured_otherwise.movie_key
            from (
                select
                    movies.movie_key,
                    movies.duration_minutes
                from movies
                except
                select distinct
                    measured.movie_key,
                    measured.movie_duration_minutes
                from {{ this }} as measured
                ) as measured_otherwise
        )
    {% endif %}

),

-- Few streams come more than once: only those are put in order.
repeated as (

    {{ repeated_rows('records', ['user_email', 'movie_key', 'started_at']) }}

),

ordered as (

    select
        records.load_id,
        records.file_row,
        row_number() over (
            partition by records.user_email, records.movie_key, records.started_at
            order by records.load_id desc, records.file_row desc
        ) as record_rank
    from records
    inner join repeated
        on
            records.user_email = repeated.user_email
            and records.movie_key = repeated.movie_key
            and records.started_at = repeated.started_at

),

newest as (

    select * from records
    where not exists (
        select ordered.load_id
        from ordered
        where
            ordered.record_rank > 1
            and ordered.load_id = records.load_id
            and ordered.file_row = records.file_row
    )

),

measured as (

    select
        newest.*,
        {{ seconds_between('newest.started_at', 'newest.ended_at') }} / 60 as watched_minutes,
        movies.duration_minutes as movie_duration_minutes
    from newest
    left join movies on newest.movie_key = movies.movie_key

),

streams as (

    select
        user_email,
        movie_key,
        movie_title,
        size_mb,
        watched_minutes,
        movie_duration_minutes,
        case
            when watched_minutes > movie_duration_minutes then cast(1 as double)
            else watched_minutes / nullif(movie_duration_minutes, 0)
        end as watched_share,
        watched_minutes > movie_duration_minutes as is_longer_than_movie,
        started_at,
        ended_at,
        load_id,
        file_row,
        batch
    from measured

)

select * from streams
