{#- Most lists hold only keys and names in that order, which one pattern sees. Of the others, the keys
    are joined to one text of known form, and so are the names: no author is looked at alone. The
    `and`s keep that order of work: engines evaluate the right-hand side only where it is needed. -#}
{% macro has_malformed_authors(json) -%}
    {%- set text = '"[^"\\\\]*(\\\\.[^"\\\\]*)*"' -%}
    {%- set key = '"/authors/OL[0-9]+A"' -%}
    {%- set keys = json_pluck(json, 'key') -%}
    {%- set names = json_pluck(json, 'name') -%}
    {{ json_kind(json) }} <> 'n'
    and not {{ text_matches(json, '^\\[(\\{"key":' ~ key ~ ',"name":' ~ text ~ '\\},?)*\\]$') }}
    and not (
        {{ json_kind(json) }} = '['
        and cardinality({{ keys }}) = json_array_length({{ json }})
        and {{ text_matches(list_join(keys), '^(' ~ key ~ ')*$') }}
        and {{ text_matches(list_join(names), '^(' ~ text ~ '|null)*$') }}
    )
{%- endmacro %}
