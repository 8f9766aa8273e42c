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

books as (

    select
        book_key,
        title,
        {{ normalised_text('title') }} as normalised_title
    from {{ ref('books') }}
    where title is not null

),

-- A title that consists of punctuation alone proves nothing.
same_titles as (

    select
        vendor_books.*,
        books.book_key,
        books.title
    from vendor_books
    inner join books on vendor_books.normalised_title = books.normalised_title
    where vendor_books.normalised_title <> ''

),

listed_authors as (

    select
        author_books.book_key,
        authors.author_name,
        nullif({{ normalised_text('authors.author_name') }}, '') as normalised_author
    from {{ ref('author_books') }} as author_books
    inner join {{ ref('authors') }} as authors on author_books.author_key = authors.author_key
    where author_books.book_key in (select same_titles.book_key from same_titles)

),

compared as (

    select
        same_titles.*,
        listed_authors.author_name,
        coalesce(
            {{ word_overlap('same_titles.normalised_author', 'listed_authors.normalised_author') }},
            0
        ) as author_overlap
    from same_titles
    left join listed_authors on same_titles.book_key = listed_authors.book_key

),

-- Of several authors, the most similar one decides how well the book fits.
best_authors as (

    select
        *,
        row_number() over (
            partition by vendor_book_key, book_key
            order by author_overlap desc, author_name asc
        ) as author_rank
    from compared

),

scored as (

    select
        vendor_book_key,
        book_key,
        vendor_title,
        title,
        vendor_author_name,
        author_name,
        case
            when author_overlap = 1 then 'title and author'
            when author_overlap > 0.5 then 'title and similar author'
            else 'title only'
        end as match_class,
        (1 + author_overlap) / 2 as score
    from best_authors
    where author_rank = 1

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
        vendor_book_key,
        book_key,
        vendor_title,
        title,
        vendor_author_name,
        author_name,
        match_class,
        score,
        candidate_count,
        is_best and (equal_count > 1 or rival_count > 1) as is_ambiguous,
        is_best and equal_count = 1 and rival_count = 1 and match_class <> 'title only' as is_match
    from ranked

)

select * from vendor_book_matches
