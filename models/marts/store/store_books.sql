with

history as (

    select
        *,
        {{ text_key('category') }} as category_key
    from {{ ref('store_books_history') }}
    where dbt_valid_to is null

),

accepted as (

    select store_book_key from {{ ref('int_store_books_checked') }}
    where rejection_reason is null

),

categories as (

    select
        subject,
        {{ text_key('category') }} as category_key
    from {{ ref('store_categories') }}

),

editions as (

    select * from {{ ref('editions') }}
    where isbn_13 is not null

),

-- Of an item without a match all candidates that fit best, among which a shared ISBN tells most.
fitting as (

    select
        store_book_key,
        max(case when is_match then match_class end) as match_class,
        max(case when is_match then score end) as score,
        max(case when is_match then edition_key end) as edition_key,
        max(case when is_match then book_key end) as book_key,
        case
            when max(score) > 0.75 then 'several books fit equally well'
            when min(match_class) = 'title only' then 'only the title fits'
            else 'ISBN stands for several books'
        end as doubt
    from {{ ref('store_book_candidates') }}
    where is_best
    group by store_book_key

),

other_editions as (

    select
        history.store_book_key,
        editions.isbn_13,
        row_number() over (
            partition by history.store_book_key
            order by max(editions.publish_year) desc nulls last, editions.isbn_13 asc
        ) as edition_rank
    from history
    inner join fitting on history.store_book_key = fitting.store_book_key
    inner join editions on fitting.book_key = editions.book_key
    left join {{ ref('isbns') }} as its_own
        on
            history.isbn_13 = its_own.isbn_13
            and editions.edition_key = its_own.edition_key
    where
        history.stock <= 0
        and its_own.edition_key is null
    group by history.store_book_key, editions.isbn_13

),

replacements as (

    select
        store_book_key,
        {{ list_join('array_agg(isbn_13 order by edition_rank)', ', ') }} as other_isbns
    from other_editions
    where edition_rank <= 10
    group by store_book_key

),

store_books as (

    select
        history.store_book_key,
        history.isbn,
        history.isbn_13,
        history.isbn_fault,
        history.title,
        history.author_name,
        history.price,
        history.currency,
        history.stock,
        history.value_faults,
        history.store_name,
        history.category,
        categories.subject,
        fitting.match_class,
        fitting.score,
        fitting.edition_key,
        fitting.book_key,
        case
            when fitting.book_key is not null then null
            when fitting.doubt is not null then fitting.doubt
            when history.isbn_13 is not null
                then 'ISBN is unknown, and title and author fit no book'
            when history.isbn_fault is not null
                then 'ISBN is not valid, and title and author fit no book'
            else 'there is no ISBN, and title and author fit no book'
        end as unmatched_reason,
        replacements.other_isbns,
        history.dbt_is_deleted = 'True' as is_deleted,
        history.dbt_is_deleted = 'False'
        and history.store_book_key not in (
            select accepted.store_book_key from accepted
        ) as is_rejected_now,
        history.dbt_valid_from as valid_from
    from history
    left join categories on history.category_key = categories.category_key
    left join fitting on history.store_book_key = fitting.store_book_key
    left join replacements on history.store_book_key = replacements.store_book_key

)

select * from store_books
