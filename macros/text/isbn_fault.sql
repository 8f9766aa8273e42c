{#- A spreadsheet shows a long number as 9.78E+12, and exports what it shows. -#}
{% macro isbn_fault(text) -%}
    {%- set digits = isbn_digits(text) -%}
    {%- set unseen = '(\\p{Z}|\\p{Cc}|\\p{Cf})*' -%}
    {%- set shortened = unseen ~ '[0-9]([.,][0-9]+)?[eE][+]?[0-9]{1,2}' ~ unseen -%}
    case
        when {{ isbn_13(text) }} is null
            then case
                when {{ digits }} = ''
                    then case
                        when {{ is_placeholder(text) }} then null
                        when {{ text_matches(text, shortened) }} then 'shortened by a spreadsheet'
                        else 'not 10 or 13 digits'
                    end
                when
                    substr({{ digits }}, 11, 3) <> ''
                    and (
                        substr({{ digits }}, 1, 4) not between '9780' and '9799'
                        or substr({{ digits }}, 1, 4) = '9790'
                    )
                    then 'no book prefix'
                when {{ digits }} is not null then 'wrong check digit'
            end
    end
{%- endmacro %}
