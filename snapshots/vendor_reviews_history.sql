{% snapshot vendor_reviews_history %}

    {{
        config(
            unique_key='vendor_review_key',
            check_cols=['movie_title', 'book_title', 'rating', 'review_text', 'updated_at'],
        )
    }}

    select
        vendor_review_key,
        movie_key,
        movie_title,
        created_at,
        book_title,
        rating,
        review_text,
        updated_at,
        load_started_at
    from {{ ref('int_vendor_reviews_checked') }}
    where
        rejection_reason is null
        and record_rank = 1

{% endsnapshot %}
