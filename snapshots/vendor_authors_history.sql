{% snapshot vendor_authors_history %}

    {{
        config(
            unique_key='vendor_author_key',
            check_cols=[
                'author_name',
                'birth_date',
                'death_date',
                'nationality',
                'nationality_slug',
            ],
        )
    }}

    {{ newest_versions(
        this,
        ref('int_vendor_authors_checked'),
        row_key='vendor_author_key',
        columns=['author_name', 'birth_date', 'death_date', 'nationality', 'nationality_slug'],
    ) }}

{% endsnapshot %}
