{{ config(materialized='view') }}

with

loads as (

    select * from {{ ref('int_loads_committed') }}
    where is_complete and subject is not null

),

current_loads as (

    select * from loads
    where is_current

),

ranked as (

    select
        loads.load_id,
        loads.subject,
        loads.load_date,
        loads.source_file,
        row_number() over (
            partition by loads.subject
            order by loads.started_at desc, loads.load_id desc
        ) as load_rank
    from loads
    inner join current_loads on loads.subject = current_loads.subject
    where not loads.is_current

),

previous as (

    select
        load_id,
        subject,
        load_date,
        source_file
    from ranked
    where load_rank = 1

)

select * from previous
