{% snapshot vendor_authors_history %}

    {{
        config(
            unique_key='author_name',
            check_cols=['birth_date', 'death_date', 'nationality', 'nationality_slug'],
        )
    }}

    {{ newest_versions(
        this,
        ref('int_vendor_authors_checked'),
        row_key='author_name',
        columns=['birth_date', 'death_date', 'nationality', 'nationality_slug'],
    ) }}

{% endsnapshot %}
