{% macro isbn_fault(text) -%}
    {%- set digits = isbn_digits(text) -%}
    case
        when {{ isbn_13(text) }} is null
            then case
                when {{ digits }} = '' then 'not 10 or 13 digits'
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
