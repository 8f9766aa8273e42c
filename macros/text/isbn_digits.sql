{#- Almost all ISBNs are written without anything else, and need no look for it. -#}
{% macro isbn_digits(text) -%}
    {%- set blanks = '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008'
        ~ '\u2009\u200a\u2028\u2029\u202f\u205f\u3000' -%}
    {%- set unseen = '\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060'
        ~ '\u2066\u2067\u2068\u2069\ufeff' -%}
    {%- set hyphens = '-\u2010\u2011\u2012\u2013\u2014\u2015\u2212' -%}
    {%- set written = "translate(" ~ text ~ ", '" ~ blanks ~ unseen ~ hyphens ~ "', '')" -%}
    {%- set digits = '[0-9]{9}[0-9X]|[0-9]{13}' -%}
    {%- set pattern = '^(?:ISBN(?:1[03])?:?|=")?(' ~ digits ~ ')(?:"|[.]0)?\\z' -%}
    case
        when {{ text_matches(text, digits) }} then {{ text }}
        when {{ written }} <> ''
            then coalesce(regexp_extract(upper({{ written }}), '{{ pattern }}', 1), '')
    end
{%- endmacro %}
