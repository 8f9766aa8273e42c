with

records as (

    select * from {{ ref('int_users_checked') }}
    where
        rejection_reason is null
        and record_rank = 1

),

users as (

    select
        user_key,
        user_email,
        first_name,
        last_name
    from records

)

select * from users
