{% snapshot vendor_reviews_history %}

    {{
        config(
            unique_key='vendor_review_key',
            check_cols=[
                'movie_title',
                'book_title',
                'rating_reported',
                'review_text',
                'updated_at',
            ],
        )
    }}

    {{ newest_versions(
        this,
        ref('int_vendor_reviews_checked'),
        row_key='vendor_review_key',
        columns=[
            'movie_key',
            'movie_title',
            'created_at',
            'book_title',
            'rating_reported',
            'review_text',
            'updated_at',
        ],
    ) }}

{% endsnapshot %}
