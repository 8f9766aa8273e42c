{%- set doublings = 3 -%}

with

-- Redirects chain. Each time the hops that were followed double: 8 in the end, and 32 with those
-- of int_dump_redirects. It takes two models, because Trino reads a table again for each mention
-- of a CTE.
followed_0 as (

    select
        from_key,
        to_key
    from {{ ref('int_dump_moves_checked') }}
    where
        rejection_reason is null
        and {{ text_matches('from_key', '/(works|books|authors)/OL[0-9]+[WMA]') }}

),
{%- for doubling in range(doublings) %}

    followed_{{ doubling + 1 }} as (

        select
            nearer.from_key,
            case when farther.from_key is null then nearer.to_key else farther.to_key end as to_key
        from followed_{{ doubling }} as nearer
        left join followed_{{ doubling }} as farther on nearer.to_key = farther.from_key

    ),
{%- endfor %}

followed as (

    select * from followed_{{ doublings }}

)

select * from followed
