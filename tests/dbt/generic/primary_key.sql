{# The columns, one or several, tell a row from all others: no combination occurs twice. None of them
   and none of the ``required`` ones is null. Where rows are added load by load, ``added_by`` names the
   load's column, and what the newest load has is compared with all: the older ones' rows were, when
   they were new.

   One test where `unique` and a `not_null` for each column would be several: on Athena each is a
   query, and each is billed 10 MB at the least. #}
{% test primary_key(model, columns, required=[], added_by=none) %}

    {{ repeated_rows(model, columns, added_by) }}

    union all

    select
        {{ columns | join(', ') }},
        1 as row_count
    from {{ model }}
    where {{ (columns + required) | join(' is null or ') }} is null

{% endtest %}
