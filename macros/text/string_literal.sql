{% macro string_literal(text) %}
    {{- return("'" ~ text | replace("'", "''") ~ "'") -}}
{% endmacro %}
