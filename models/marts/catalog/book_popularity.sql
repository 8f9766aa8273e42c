{#- Month 1 is the last whole one, and months count backwards. -#}
{%- set periods = {
    'reader_count_12_months': ('months_ago between 1 and 12', 12),
    'reader_count_12_months_before': ('months_ago between 13 and 24', 12),
    'reader_count_3_months': ('months_ago between 1 and 3', 3),
    'reader_count_3_months_before': ('months_ago between 4 and 6', 3),
} -%}

with

ratings as (

    select * from {{ ref('int_dump_ratings_checked') }}
    where rejection_reason is null

),

reading_log as (

    select * from {{ ref('int_dump_reading_log_checked') }}
    where rejection_reason is null

),

redirects as (

    select * from {{ ref('book_redirects') }}

),

books as (

    select book_key from {{ ref('books') }}

),

dumps as (

    select dumped_at + interval '1' day as next_day from {{ ref('int_loads_committed') }}
    where is_current and dumped_at is not null

),

shelved as (

    select
        reading_log.book_key,
        reading_log.shelf,
        (extract(year from dumps.next_day) - extract(year from reading_log.shelved_on)) * 12
        + extract(month from dumps.next_day)
        - extract(month from reading_log.shelved_on) as months_ago
    from reading_log
    cross join dumps

),

-- A month of which the whole log says nothing is one without data, not one without readers.
overall as (

    select
        {% for period, (is_within, month_count) in periods.items() %}
            count(distinct months_ago) filter (where {{ is_within }}) = {{ month_count }}
                as has_{{ period }},
        {% endfor %}
        (select cast(sum(ratings.rating) as double) / count(*) from ratings) as rating_average
    from shelved

),

marks as (

    select
        book_key,
        rating,
        cast(null as varchar) as shelf,
        cast(null as bigint) as months_ago
    from ratings

    union all

    select
        book_key,
        cast(null as integer) as rating,
        shelf,
        months_ago
    from shelved

),

followed as (

    select
        marks.*,
        case when redirects.from_key is null then marks.book_key else redirects.to_key end
            as current_key
    from marks
    left join redirects on marks.book_key = redirects.from_key

),

totals as (

    select
        current_key,
        count(rating) as rating_count,
        cast(sum(rating) as double) as rating_sum,
        count(*) filter (where shelf = 'Want to Read') as want_to_read_count,
        count(*) filter (where shelf = 'Currently Reading') as reading_count,
        count(*) filter (where shelf = 'Already Read') as read_count,
        count(*) filter (where shelf = 'Stopped Reading') as stopped_reading_count,
        {% for period, (is_within, _) in periods.items() %}
            count(*) filter (where {{ is_within }}) as {{ period }},
        {% endfor %}
        count(shelf) as reader_count
    from followed
    group by current_key

),

book_popularity as (

    select
        books.book_key,
        totals.rating_count,
        -- null without ratings, because then so is their sum
        totals.rating_sum / totals.rating_count as rating_average,
        ({{ var('rating_prior_count') }} * overall.rating_average + coalesce(totals.rating_sum, 0))
        / ({{ var('rating_prior_count') }} + totals.rating_count) as weighted_rating,
        totals.want_to_read_count,
        totals.reading_count,
        totals.read_count,
        totals.stopped_reading_count,
        {% for period in periods %}
            case when overall.has_{{ period }} then totals.{{ period }} end as {{ period }},
        {% endfor %}
        totals.reader_count
    from totals
    inner join books on totals.current_key = books.book_key
    cross join overall

)

select * from book_popularity
