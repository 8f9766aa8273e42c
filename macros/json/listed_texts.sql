{#- Few lists have anything but texts, and an engine may read those otherwise than another. -#}
{% macro listed_texts(jsons) -%}
    flatten(array[
        {%- for json in jsons %}
        coalesce(
            case when {{ is_text_list(json) }} then {{ json_list_texts(json) }} end,
            cast(array[] as {{ text_list_type() }})
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ])
{%- endmacro %}
