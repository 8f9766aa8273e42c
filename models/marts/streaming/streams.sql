{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['user_key', 'movie_key', 'started_at'],
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

-- Streams that are new, and streams whose movie's duration has changed since.
records as {{ '' if is_incremental() else not_materialized() }} (

    select
        load_id,
        file_row,
        batch,
        user_key,
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
        known.user_key,
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

newest as (

    {{ newest_rows(
        'records',
        row_key=['load_id', 'file_row'],
        partition_by=['user_key', 'movie_key', 'started_at'],
        order_by=['load_id desc', 'file_row desc'],
    ) }}

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
        user_key,
        user_email,
        movie_key,
        movie_title,
        size_mb,
        watched_minutes,
        movie_duration_minutes,
        case
            when watched_minutes > movie_duration_minutes then cast(1 as double)
            else watched_minutes / movie_duration_minutes
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
