{# Every listed record of the dataset's files was read, and at most a fifth of the newest load's
   records are rejected, just as the loader lets a file lose a fifth of its records. Otherwise
   nothing is built from the dataset, because the file has another shape than the rules expect. A
   single rejected record says nothing about the others, however few they are: the vendor's authors
   end with one. #}
{% test whole_dataset(model, dataset) %}

    select
        listed.record_count as listed_count,
        records.record_count as read_count,
        records.newest_count,
        records.newest_rejected_count
    from (
        select coalesce(sum(record_count), 0) as record_count
        from {{ ref('int_file_parts_listed') }}
        where dataset = '{{ dataset }}'
    ) as listed
    cross join (
        select
            count(*) as record_count,
            count(*) filter (where is_newest) as newest_count,
            count(rejection_reason) filter (where is_newest) as newest_rejected_count
        from (
            select
                rejection_reason,
                load_id = (select max(load_id) from {{ model }}) as is_newest
            from {{ model }}
        ) as dated
    ) as records
    where
        records.record_count <> listed.record_count
        or (
            records.newest_rejected_count > 1
            and records.newest_rejected_count * 5 > records.newest_count
        )

{% endtest %}
