{#- Almost all texts have at most spaces at their ends: to look for every kind of blank takes several
    times as long. -#}
{% macro trimmed(text) -%}
    {%- set blanks = '\t\n\v\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005'
        ~ '\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000' -%}
    case
        when
            substr(trim({{ text }}), 1, 1) between '!' and '~'
            and substr(trim({{ text }}), -1, 1) between '!' and '~'
            then trim({{ text }})
        else nullif(trim(both '{{ blanks }}' from {{ text }}), '')
    end
{%- endmacro %}
