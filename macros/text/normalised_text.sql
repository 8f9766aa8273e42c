{% macro normalised_text(text) %}
    {{- return(adapter.dispatch('normalised_text', 'book_analytics')(text)) -}}
{% endmacro %}

{% macro duckdb__normalised_text(text) -%}
    trim(regexp_replace(lower(strip_accents({{ text }})), '[^\p{L}\p{N}]+', ' ', 'g'))
{%- endmacro %}

{% macro athena__normalised_text(text) -%}
    trim(regexp_replace(
        lower(normalize(regexp_replace(normalize({{ text }}, NFD), '\p{M}+', ''), NFC)),
        '[^\p{L}\p{N}]+',
        ' '
    ))
{%- endmacro %}
