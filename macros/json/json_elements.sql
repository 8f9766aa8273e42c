{#- A cast keeps the last value of a repeated key. Only if an element repeats one, all are taken by
    position, which parses the list anew for each. A sequence ends at 10,000 numbers, hence two. -#}
{% macro json_elements(json) -%}
    {%- set elements = "try(cast(json_extract(" ~ json ~ ", '$') as array(json)))" -%}
    case
        when json_format(cast({{ elements }} as json)) = json_format(json_extract({{ json }}, '$'))
            then {{ elements }}
        else flatten(transform(
            sequence(0, (json_array_length({{ json }}) - 1) / 10000),
            chunk -> transform(
                sequence(
                    chunk * 10000, least(chunk * 10000 + 9999, json_array_length({{ json }}) - 1)
                ),
                nth -> json_extract({{ json }}, '$[' || cast(nth as varchar) || ']')
            )
        ))
    end
{%- endmacro %}
