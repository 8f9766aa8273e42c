with

history as (

    select * from {{ ref('vendor_authors_history') }}
    where dbt_valid_to is null

),

vendor_authors as (

    select
        author_name,
        birth_date,
        death_date,
        nationality,
        nationality_slug,
        dbt_is_deleted = 'True' as is_deleted,
        dbt_valid_from as valid_from
    from history

)

select * from vendor_authors
