{#- Most lists hold only keys and names, in that order, which one pattern recognises. For the others,
    the keys are joined into one text of a known form, and so are the names, so that no author is
    examined alone. The `and`s keep this order: engines evaluate the right-hand side only if needed. -#}
{% macro has_malformed_authors(json) -%}
    {%- set text = '"[^"\\\\]*(\\\\.[^"\\\\]*)*"' -%}
    {%- set key = '"/authors/OL[0-9]+A"' -%}
    {%- set keys = json_pluck(json, 'key') -%}
    {%- set names = json_pluck(json, 'name') -%}
    (
        {{ json_kind(json) }} <> 'n'
        and not {{ text_matches(json, '^\\[(\\{"key":' ~ key ~ ',"name":' ~ text ~ '\\},?)*\\]$') }}
        and not (
            {{ json_kind(json) }} = '['
            and cardinality({{ keys }}) = json_array_length({{ json }})
            and {{ text_matches(list_join(keys), '^(' ~ key ~ ')*$') }}
            and {{ text_matches(list_join(names), '^(' ~ text ~ '|null)*$') }}
        )
    )
{%- endmacro %}
