{# The columns identify a row: no combination occurs twice, and neither they nor the ``required``
   columns are null. For a table that grows load by load, ``added_by`` names the column with the
   load, and only what may repeat a row of the newest load is compared: older rows were compared when
   they were new.

   This is one test instead of `unique` and a `not_null` for each column: on Athena each test is a
   query, billed at least 10 MB. #}
{% test primary_key(model, columns, required=[], added_by=none) %}

    {{ rows_without_key(model, columns, required, added_by) }}

{% endtest %}
