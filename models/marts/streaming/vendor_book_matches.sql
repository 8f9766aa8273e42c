with

vendor_books as (

    select
        vendor_book_key,
        book_title as vendor_title,
        author_name as vendor_author_name,
        {{ normalised_text('book_title') }} as normalised_title,
        nullif({{ normalised_text('author_name') }}, '') as normalised_author
    from {{ ref('vendor_books') }}
    where not is_deleted

),

scored as (

    {{ books_of_same_title(
        'vendor_books',
        'vendor_book_key',
        ref('books'),
        ref('author_books'),
        ref('authors'),
    ) }}

),

ranked as (

    select
        *,
        count(*) over (partition by vendor_book_key) as candidate_count,
        count(*) over (partition by vendor_book_key, score) as equal_count,
        count(*) over (partition by book_key, score) as rival_count,
        score = max(score) over (partition by vendor_book_key)
        and score = max(score) over (partition by book_key) as is_best
    from scored

),

vendor_book_matches as (

    select
        ranked.vendor_book_key,
        ranked.book_key,
        vendor_books.vendor_title,
        ranked.title,
        vendor_books.vendor_author_name,
        ranked.author_name,
        ranked.match_class,
        ranked.score,
        ranked.candidate_count,
        ranked.is_best and (ranked.equal_count > 1 or ranked.rival_count > 1) as is_ambiguous,
        ranked.is_best
        and ranked.equal_count = 1
        and ranked.rival_count = 1
        and ranked.match_class <> 'title only' as is_match
    from ranked
    inner join vendor_books on ranked.vendor_book_key = vendor_books.vendor_book_key

)

select * from vendor_book_matches
