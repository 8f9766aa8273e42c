{#- The keys are joined into one text of a known form, and so are the names, so that no author is
    examined alone. The `and`s keep this order: engines evaluate the right-hand side only if needed. -#}
{% macro has_malformed_authors(json) -%}
    {%- set text = '"[^"\\\\]*(\\\\.[^"\\\\]*)*"' -%}
    {%- set key = '"/authors/OL[0-9]+A"' -%}
    {%- set keys = json_pluck(json, 'key') -%}
    {%- set names = json_pluck(json, 'name') -%}
    (
        {{ json_kind(json) }} <> 'n'
        and not (
            {{ json_kind(json) }} = '['
            and cardinality({{ keys }}) = json_array_length({{ json }})
            and {{ text_matches(list_join(keys), '(' ~ key ~ ')*') }}
            and {{ text_matches(list_join(names), '(' ~ text ~ '|null)*') }}
        )
    )
{%- endmacro %}
