{% snapshot movies_history %}

    {{
        config(
            unique_key='movie_key',
            check_cols=['title', 'duration_minutes', 'original_language', 'size_mb'],
        )
    }}

    {{ newest_versions(
        this,
        ref('int_movies_checked'),
        row_key='movie_key',
        columns=['title', 'duration_minutes', 'original_language', 'size_mb'],
    ) }}

{% endsnapshot %}
