{% snapshot store_books_history %}

    {{
        config(
            unique_key='store_book_key',
            check_cols=[
                'isbn',
                'title',
                'author_name',
                'price',
                'currency',
                'stock',
                'value_faults',
                'category',
                'store_name',
            ],
        )
    }}

    {{ newest_versions(
        this,
        ref('int_store_books_checked'),
        row_key='store_book_key',
        columns=[
            'isbn',
            'isbn_13',
            'isbn_fault',
            'title',
            'author_name',
            'price',
            'currency',
            'stock',
            'value_faults',
            'category',
            'store_name',
        ],
    ) }}

{% endsnapshot %}
