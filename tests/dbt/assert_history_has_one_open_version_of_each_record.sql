-- Two open versions would duplicate the record in its mart, and none would lose it; overlapping
-- versions would give two answers for one day. Each version starts at a different time, which also
-- makes its key unique: dbt derives the key from the record's key and that time.

with

versions as (

    {% for history, key in {
        'movies_history': 'movie_key',
        'vendor_books_history': 'vendor_book_key',
        'vendor_authors_history': 'vendor_author_key',
        'vendor_reviews_history': 'vendor_review_key',
        'store_books_history': 'store_book_key',
    }.items() %}
        select
            '{{ history }}' as history,
            {{ key }} as record_key,
            dbt_valid_from as valid_from,
            dbt_valid_to as valid_to
        from {{ ref(history) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

followed as (

    select
        *,
        lead(valid_from) over (
            partition by history, record_key
            order by valid_from
        ) as next_valid_from
    from versions

)

select * from followed
where
    valid_to is distinct from next_valid_from
    or valid_to <= valid_from
    or valid_from is null
    or record_key is null
