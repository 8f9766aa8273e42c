{% snapshot vendor_books_history %}

    {{
        config(
            unique_key='vendor_book_key',
            check_cols=['book_title', 'author_name', 'publisher', 'page_count'],
        )
    }}

    {{ newest_versions(
        this,
        ref('int_vendor_books_checked'),
        row_key='vendor_book_key',
        columns=[
            'book_title',
            'vendor_author_key',
            'author_name',
            'publisher',
            'page_count',
        ],
    ) }}

{% endsnapshot %}
