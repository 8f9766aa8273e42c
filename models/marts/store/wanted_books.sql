{%- set weight_sum = var('interest_weight') + var('rating_weight') + var('rising_weight') -%}

with

subjects as (

    select subject from {{ ref('tracked_subjects') }}
    union
    select subject from {{ ref('subjects') }}
    where load_id is not null
    union
    select subject from {{ ref('store_categories') }}

),

popularity as (

    select * from {{ ref('book_popularity') }}

),

subject_books as (

    select
        subject,
        book_key
    from {{ ref('subject_books') }}
    where subject in (select subjects.subject from subjects)

    union all

    select
        '' as subject,
        book_key
    from popularity

),

items as (

    select store_book_key from {{ ref('store_books_history') }}
    where
        dbt_valid_to is null
        and dbt_is_deleted = 'False'

),

-- What an item is, and what one may be: a book that cannot be told from others, another book with
-- the item's ISBN, or one with its title and author, which Open Library may have twice.
sold as (

    select
        candidates.book_key,
        max(case when candidates.is_match then 1 else 0 end) = 1 as is_sold
    from {{ ref('store_book_candidates') }} as candidates
    inner join items on candidates.store_book_key = items.store_book_key
    where
        candidates.is_best
        or candidates.match_class in ('isbn of several books', 'title and author')
    group by candidates.book_key

),

wanted as (

    select
        subject_books.subject,
        popularity.*,
        max(popularity.reader_count) over (partition by subject_books.subject) as most_readers,
        popularity.reader_count_12_months + popularity.reader_count_12_months_before
            as reader_count_24_months
    from subject_books
    inner join popularity on subject_books.book_key = popularity.book_key

),

measured as (

    select
        *,
        coalesce(ln(1 + reader_count) / nullif(ln(1 + most_readers), 0), 0) as interest,
        coalesce((weighted_rating - 1) / 4, 0) as rating,
        coalesce(
            (reader_count_12_months + {{ var('rising_prior_count') }} / 2e0)
            / (reader_count_24_months + {{ var('rising_prior_count') }}),
            0
        ) as rising
    from wanted

),

parts as (

    select
        *,
        {{ rounded('interest', 4) }} as interest_part,
        {{ rounded('rating', 4) }} as rating_part,
        {{ rounded('rising', 4) }} as rising_part
    from measured

),

scored as (

    select
        *,
        interest_part * cast({{ var('interest_weight') / weight_sum }} as double)
        + rating_part * cast({{ var('rating_weight') / weight_sum }} as double)
        + rising_part * cast({{ var('rising_weight') / weight_sum }} as double) as weighted
    from parts

),

wanted_books as (

    select
        scored.subject,
        scored.book_key,
        books.title,
        books.first_publish_year,
        {{ rounded('scored.weighted', 4) }} as score,
        scored.interest_part,
        scored.rating_part,
        scored.rising_part,
        scored.reader_count,
        scored.rating_count,
        scored.weighted_rating,
        coalesce(sold.is_sold, false) as is_sold,
        coalesce(not sold.is_sold, false) as is_perhaps_sold
    from scored
    inner join {{ ref('books') }} as books on scored.book_key = books.book_key
    left join sold on scored.book_key = sold.book_key

)

select * from wanted_books
