{% snapshot vendor_authors_history %}

    {{
        config(
            unique_key='author_name',
            check_cols=['birth_date', 'death_date', 'nationality', 'nationality_slug'],
        )
    }}

    select
        author_name,
        birth_date,
        death_date,
        nationality,
        nationality_slug,
        load_started_at
    from {{ ref('int_vendor_authors_checked') }}
    where
        rejection_reason is null
        and record_rank = 1

{% endsnapshot %}
