{#- Characters that nobody sees and that are not blanks, such as a byte order mark. Those that join
    letters or signs stay: without them a text looks different. -#}
{% macro text_key(text) %}
    {{- return(adapter.dispatch('text_key', 'book_analytics')(
        text,
        '\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff'
    )) -}}
{% endmacro %}

{#- Almost all texts are plain (ASCII, and the dashes, quotes and dots of print), and only need their
    case folded: for those it costs a fifth. -#}
{% macro duckdb__text_key(text, unseen) -%}
    {%- set plain = '[!-~\\x{b7}\\x{2010}-\\x{2027}]+' -%}
    case
        when
            regexp_full_match({{ text }}, '{{ plain }}( {{ plain }})*')
            and (strlen({{ text }}) > 9 or not {{ is_placeholder(text) }})
            then lower({{ text }})
        when not {{ is_placeholder(text) }}
            then nfc_normalize(replace(lower(upper(nfc_normalize(trim(regexp_replace(
                translate({{ text }}, '{{ unseen }}', ''), '[\p{Z}\p{Cc}]+', ' ', 'g'
            ))))), 'ß', 'ss'))
    end
{%- endmacro %}

{% macro athena__text_key(text, unseen) -%}
    case
        when not {{ is_placeholder(text) }}
            then normalize(replace(lower(upper(normalize(trim(regexp_replace(
                translate({{ text }}, '{{ unseen }}', ''), '[\p{Z}\p{Cc}]+', ' '
            )), NFC))), 'ß', 'ss'), NFC)
    end
{%- endmacro %}
