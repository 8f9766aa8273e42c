{%- set doublings = 2 -%}

with

moves as (

    select * from {{ ref('int_dump_moves_followed') }}

),

files as (

    select dataset from {{ ref('int_files_listed') }}
    where is_current

),

works as (

    select * from {{ ref('int_dump_works_checked') }}

),

editions as (

    select * from {{ ref('int_dump_editions_checked') }}

),

authors as (

    select * from {{ ref('int_dump_authors_checked') }}

),

-- Four times as far as int_dump_moves_followed: 32 hops, and longer chains are loops.
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

-- A rejected record is there all the same. If its JSON cannot be read, its line has the key.
ends as (

    select coalesce(book_key, split_part(rejected_line, chr(9), 2)) as record_key from works
    union all
    select coalesce(edition_key, split_part(rejected_line, chr(9), 2)) as record_key from editions
    union all
    select coalesce(author_key, split_part(rejected_line, chr(9), 2)) as record_key from authors

),

-- only those that a redirect ends at, which are few
found as (

    select distinct record_key from ends
    where record_key in (
        select followed.to_key from followed_{{ doublings }} as followed
    )

),

landed as (

    select
        count(*) filter (where dataset = 'dump_works') > 0 as has_works,
        count(*) filter (where dataset = 'dump_editions') > 0 as has_editions,
        count(*) filter (where dataset = 'dump_authors') > 0 as has_authors
    from files

),

-- A chain that ends at a key without a record, as a loop does, resolves to null. Which keys have a
-- record is unknown where their kind was not landed: there only loops end at none.
redirects as (

    select
        followed.from_key,
        case
            when found.record_key is not null then followed.to_key
            when
                moves.from_key is null
                and (
                    not landed.has_works
                    and {{ text_matches('followed.to_key', '/works/OL[0-9]+W') }}
                    or not landed.has_editions
                    and {{ text_matches('followed.to_key', '/books/OL[0-9]+M') }}
                    or not landed.has_authors
                    and {{ text_matches('followed.to_key', '/authors/OL[0-9]+A') }}
                )
                then followed.to_key
        end as to_key
    from followed_{{ doublings }} as followed
    cross join landed
    left join found on followed.to_key = found.record_key
    left join moves on followed.to_key = moves.from_key

)

select * from redirects
