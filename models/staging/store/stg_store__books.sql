with

unpacked as (

    {{ unpacked(source('store', 'store_books'), {
        'file_row_text': '$.row',
        'landed_at_text': '$.landed_at',
        'isbn_text': '$.record.isbn',
        'title_text': '$.record.title',
        'author_name_text': '$.record.author',
        'price_text': '$.record.price',
        'currency_text': '$.record.currency',
        'stock_text': '$.record.stock',
        'category_text': '$.record.category',
        'store_name_text': '$.record.store',
    }, as_text=true) }}

),

typed as (

    select
        -- where it came from
        source_file,
        load_date,
        try_cast(file_row_text as bigint) as file_row,
        {{ iso_timestamp('landed_at_text') }} as landed_at,

        -- the record, by type
        nullif(isbn_text, '') as isbn,
        nullif(title_text, '') as title,
        nullif(author_name_text, '') as author_name,
        {{ json_number(trimmed('price_text')) }} as price,
        upper({{ trimmed('currency_text') }}) as currency,
        case
            when {{ text_matches(trimmed('stock_text'), '-?[0-9]+([.]0)?') }}
                then try_cast(replace({{ trimmed('stock_text') }}, '.0', '') as bigint)
        end as stock,
        nullif(category_text, '') as category,
        nullif(store_name_text, '') as store_name,

        -- as it was sent, for the rules that ask whether there was a value
        line,
        is_json,
        price_text,
        stock_text
    from unpacked

)

select * from typed
