{% snapshot vendor_books_history %}

    {{
        config(
            unique_key='vendor_book_key',
            check_cols=['publisher', 'page_count'],
        )
    }}

    select
        vendor_book_key,
        book_title,
        author_name,
        publisher,
        page_count,
        load_started_at
    from {{ ref('int_vendor_books_checked') }}
    where
        rejection_reason is null
        and record_rank = 1

{% endsnapshot %}
