with

items as (

    select
        store_book_key,
        isbn_13,
        {{ normalised_text('title') }} as normalised_title,
        nullif({{ normalised_text('author_name') }}, '') as normalised_author
    from {{ ref('store_books_history') }}
    where dbt_valid_to is null

),

by_isbn as (

    select
        items.store_book_key,
        isbns.book_key,
        min(isbns.edition_key) as edition_key,
        max(isbns.book_count) as book_count
    from items
    inner join {{ ref('isbns') }} as isbns on items.isbn_13 = isbns.isbn_13
    where isbns.book_key is not null
    group by items.store_book_key, isbns.book_key

),


by_title as (

    {{ books_of_same_title(
        'items',
        'store_book_key',
        ref('books'),
        ref('author_books'),
        ref('authors'),
    ) }}

),

candidates as (

    select
        store_book_key,
        book_key,
        case when book_count = 1 then edition_key end as edition_key,
        case when book_count = 1 then 'isbn' else 'isbn of several books' end as match_class,
        -- a shared ISBN says more than a title, and less than a title with its author
        case when book_count = 1 then 1e0 else 0.75e0 end as score
    from by_isbn

    union all

    select
        by_title.store_book_key,
        by_title.book_key,
        cast(null as varchar) as edition_key,
        by_title.match_class,
        by_title.score
    from by_title
    left join by_isbn
        on by_title.store_book_key = by_isbn.store_book_key and by_isbn.book_count = 1
    where
        -- of two authors that have no word in common, each has written a book of this title
        (by_title.author_overlap is null or by_title.author_overlap > 0)
        -- where the ISBN says it for sure, only what may be the same book twice matters
        and (by_isbn.store_book_key is null or by_title.match_class = 'title and author')

),

-- A book that shares the item's ISBN may also have its title.
best_of_pair as (

    select
        *,
        case when match_class = 'isbn' then 2e0 else score end as strength,
        row_number() over (
            partition by store_book_key, book_key
            order by score desc, match_class asc
        ) as pair_rank
    from candidates

),

ranked as (

    select
        *,
        count(*) over (partition by store_book_key, strength) as equal_count,
        strength = max(strength) over (partition by store_book_key) as is_best
    from best_of_pair
    where pair_rank = 1

),

store_book_candidates as (

    select
        store_book_key,
        book_key,
        edition_key,
        match_class,
        score,
        is_best,
        is_best and equal_count = 1 and score > 0.75 as is_match
    from ranked

)

select * from store_book_candidates
