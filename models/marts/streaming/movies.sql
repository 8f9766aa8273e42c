with

history as (

    select * from {{ ref('movies_history') }}
    where dbt_valid_to is null

),

accepted as (

    select movie_key from {{ ref('int_movies_checked') }}
    where rejection_reason is null

),

movies as (

    select
        movie_key,
        title as movie_title,
        duration_minutes,
        original_language,
        size_mb,
        dbt_is_deleted = 'True' as is_deleted,
        dbt_is_deleted = 'False'
        and movie_key not in (select accepted.movie_key from accepted) as is_rejected_now,
        dbt_valid_from as valid_from
    from history

)

select * from movies
