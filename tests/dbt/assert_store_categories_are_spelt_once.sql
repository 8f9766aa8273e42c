-- Two spellings of a category would list its items twice.

with

categories as (

    select {{ text_key('category') }} as category_key from {{ ref('store_categories') }}

)

select category_key
from categories
group by category_key
having count(*) > 1
