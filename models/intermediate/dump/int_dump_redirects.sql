{%- set doublings = 5 -%}

with

moves as (

    select
        from_key,
        to_key
    from {{ ref('int_dump_moves_checked') }}
    where
        rejection_reason is null
        and {{ text_matches('from_key', '/(works|books|authors)/OL[0-9]+[WMA]') }}

),

works as (

    select * from {{ ref('int_dump_works_checked') }}
    where rejection_reason is null

),

editions as (

    select * from {{ ref('int_dump_editions_checked') }}
    where rejection_reason is null

),

authors as (

    select * from {{ ref('int_dump_authors_checked') }}
    where rejection_reason is null

),

-- Redirects chain. Each time the way that was followed doubles: 32 hops in the end, and longer ones
-- are loops.
followed_0 as (

    select * from moves

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

ends as (

    select book_key as record_key from works
    union all
    select edition_key as record_key from editions
    union all
    select author_key as record_key from authors

),

-- A way that ends in a key that is no record, as those of loops do, leads nowhere.
found as (

    select ends.record_key from ends
    where ends.record_key in (
        select followed.to_key from followed_{{ doublings }} as followed
    )

),

redirects as (

    select
        followed.from_key,
        found.record_key as to_key
    from followed_{{ doublings }} as followed
    left join found on followed.to_key = found.record_key

)

select * from redirects
