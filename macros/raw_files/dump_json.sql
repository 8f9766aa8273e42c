{#- The columns before it (type, key, revision and time) have no brace. -#}
{% macro dump_json(line) %}
    {{- return(adapter.dispatch('dump_json', 'book_analytics')(line)) -}}
{% endmacro %}

{% macro duckdb__dump_json(line) -%}
    substr({{ line }}, strpos({{ line }}, '{'))
{%- endmacro %}

{#- A character beyond 16 bits is two escapes; one that is left over is half of a character. -#}
{% macro athena__dump_json(line) -%}
    case
        when
            strpos({{ line }}, '\ud') = 0
            or not regexp_like(
                regexp_replace(
                    replace({{ line }}, '\\', ' '),
                    '\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}',
                    ' '
                ),
                '\\ud[89a-f]'
            )
            then substr({{ line }}, strpos({{ line }}, '{'))
    end
{%- endmacro %}
