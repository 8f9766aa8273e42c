{#- A valid ISBN makes a sum of its digits, each times its weight, that 10 divides, or 11 if it has ten
    digits. A new check digit of 13 makes up what the sum of the others lacks, 38 of which are 978's. -#}
{% macro isbn_13(text) %}
    {%- set sum_of_13 = [] -%}
    {%- set sum_of_10 = [] -%}
    {%- set sum_of_9 = [] -%}
    {%- for place in range(1, 14) -%}
        {%- set digit = 'cast(substr(isbn, ' ~ place ~ ', 1) as integer)' -%}
        {%- do sum_of_13.append((1 if place % 2 else 3) ~ ' * ' ~ digit) -%}
        {%- if place < 10 -%}
            {%- do sum_of_10.append((11 - place) ~ ' * ' ~ digit) -%}
            {%- do sum_of_9.append((3 if place % 2 else 1) ~ ' * ' ~ digit) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set converted -%}
        case
            when isbn = '' then null
            when substr(isbn, 11, 3) = ''
                then case
                    when
                        (
                            {{ sum_of_10 | join(' + ') }}
                            + cast(replace(substr(isbn, 10, 1), 'X', '10') as integer)
                        ) % 11 = 0
                        then
                            '978' || substr(isbn, 1, 9)
                            || cast((1000 - 38 - ({{ sum_of_9 | join(' + ') }})) % 10 as varchar)
                end
            when
                substr(isbn, 1, 4) between '9780' and '9799'
                and substr(isbn, 1, 4) <> '9790'
                and ({{ sum_of_13 | join(' + ') }}) % 10 = 0
                then isbn
        end
    {%- endset -%}
    {{- return(
        adapter.dispatch('isbn_13', 'book_analytics')(isbn_digits(text), converted)
    ) -}}
{% endmacro %}

{#- A list of one gives the digits a name. -#}
{% macro duckdb__isbn_13(digits, converted) -%}
    list_transform([{{ digits }}], lambda isbn: {{ converted }})[1]
{%- endmacro %}

{% macro athena__isbn_13(digits, converted) -%}
    transform(array[{{ digits }}], isbn -> {{ converted }})[1]
{%- endmacro %}
