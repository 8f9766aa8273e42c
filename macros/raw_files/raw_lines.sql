{# A line is read unchanged: no delimiters, quotes or types. ignore_errors skips a line that is not
   UTF-8 or over 16 MB; a data test counts the lines, so that a skipped one is noticed. #}
{% macro raw_lines(files) %}
    select line, load_date, "$path"
    from read_csv(
        {{ files }},
        columns = {'line': 'VARCHAR'},
        header = false,
        auto_detect = false,
        delim = '',
        quote = '',
        escape = '',
        strict_mode = false,
        max_line_size = 16777216,
        buffer_size = 33554432,
        ignore_errors = true,
        filename = '$path',
        hive_partitioning = true,
        hive_types_autocast = false
    )
{% endmacro %}
