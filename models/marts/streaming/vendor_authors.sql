with

history as (

    select * from {{ ref('vendor_authors_history') }}
    where dbt_valid_to is null

),

accepted as (

    select vendor_author_key from {{ ref('int_vendor_authors_checked') }}
    where rejection_reason is null

),

vendor_authors as (

    select
        vendor_author_key,
        author_name,
        birth_date,
        death_date,
        nationality,
        nationality_slug,
        coalesce(
            extract(year from birth_date) < {{ var('first_plausible_birth_year') }}
            or extract(year from death_date) < {{ var('first_plausible_birth_year') }}
            or birth_date > dbt_valid_from + interval '{{ var("plausible_days_ahead") }}' day
            or death_date > dbt_valid_from + interval '{{ var("plausible_days_ahead") }}' day
            or death_date < birth_date,
            false
        ) as has_implausible_dates,
        dbt_is_deleted = 'True' as is_deleted,
        dbt_is_deleted = 'False'
        and vendor_author_key not in (select accepted.vendor_author_key from accepted)
            as is_rejected_now,
        dbt_valid_from as valid_from
    from history

)

select * from vendor_authors
