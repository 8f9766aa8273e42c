{% snapshot movies_history %}

    {{
        config(
            unique_key='movie_key',
            check_cols=['title', 'duration_minutes', 'original_language', 'size_mb'],
        )
    }}

    select
        movie_key,
        title,
        duration_minutes,
        original_language,
        size_mb,
        load_started_at
    from {{ ref('int_movies_checked') }}
    where
        rejection_reason is null
        and record_rank = 1

{% endsnapshot %}
