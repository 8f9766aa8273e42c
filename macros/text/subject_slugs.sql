{#- As in Open Library: no blanks at the ends, lower case, `_` for each blank, and without what has a
    meaning in a URL. -#}
{% macro subject_slugs(prefixes) %}
    {{- return(adapter.dispatch('subject_slugs', 'book_analytics')(
        prefixes,
        '^BLANK+|BLANK+$|[;/?:@&=+$,<>#%"{}|\\\\^\\[\\]`\\n\\r]' | replace(
            'BLANK',
            '[\\t-\\r\\x1c-\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}'
            ~ '\\x{205f}\\x{3000}]'
        )
    )) -}}
{% endmacro %}

{#- Almost all names need no look for what is dropped. -#}
{% macro duckdb__subject_slugs(prefixes, dropped) -%}
    {%- set plain = '[!()*.0-9A-Za-z_~-][ !()*.0-9A-Za-z_~-]*[!()*.0-9A-Za-z_~-]' -%}
    list_distinct(list_concat(
        {%- for json, prefix in prefixes.items() %}
        list_transform(
            list_filter(
                list_transform(
                    {{ json_list_texts(json) }},
                    lambda name: replace(
                        lower(
                            case
                                when regexp_full_match(name, '{{ plain }}') then name
                                else regexp_replace(name, '{{ dropped }}', '', 'g')
                            end
                        ),
                        ' ',
                        '_'
                    )
                ),
                lambda slug: slug <> ''
            ),
            lambda slug: '{{ prefix }}' || slug
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}

{% macro athena__subject_slugs(prefixes, dropped) -%}
    array_distinct(flatten(array[
        {%- for json, prefix in prefixes.items() %}
        coalesce(
            transform(
                filter(
                    transform(
                        {{ json_list_texts(json) }},
                        name -> replace(
                            lower(regexp_replace(name, '{{ dropped }}', '')), ' ', '_'
                        )
                    ),
                    slug -> slug <> ''
                ),
                slug -> '{{ prefix }}' || slug
            ),
            cast(array[] as array(varchar))
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ]))
{%- endmacro %}
