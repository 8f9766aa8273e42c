"""The catalog's baseline: its tables written by hand, in one well-made DuckDB script.

It reads the same files as dbt and writes the same tables, row for row, but trusts its input: it
fails on a record of another shape, rejects and explains nothing, and tests nothing.

    python -m benchmarks.baseline --raw-root DIR --warehouse FILE
"""

import json
from pathlib import Path
from typing import Any

import click
import duckdb

TABLES = (
    "authors",
    "books",
    "author_books",
    "subjects",
    "subject_books",
    "books_per_author_per_year",
    "average_books_per_author",
    "books_per_year",
)

_SETTINGS = """
set threads = 2;
set preserve_insertion_order = false;
"""

_WORKS = """
create temp table works as
select
    record.key as book_key,
    nullif(nullif(record.title, '__None__'), '') as title,
    record.edition_count as edition_count,
    record.cover_id as cover_id,
    record.cover_edition_key as cover_edition_key,
    record.has_fulltext as has_fulltext,
    record.authors as authors,
    record.first_publish_year as first_publish_year_reported,
    case
        when record.first_publish_year between 1450 and year(fetched_at) + 1
            then record.first_publish_year::integer
    end as first_publish_year,
    subject,
    load_id,
    fetched_at,
    "offset" as page_offset,
    position as page_position
from read_json(
    $files,
    format = 'newline_delimited',
    maximum_object_size = 16777216,
    columns = {
        load_id: 'VARCHAR',
        subject: 'VARCHAR',
        "offset": 'BIGINT',
        position: 'BIGINT',
        fetched_at: 'TIMESTAMP',
        record: 'STRUCT(
            key VARCHAR,
            title VARCHAR,
            edition_count BIGINT,
            cover_id BIGINT,
            cover_edition_key VARCHAR,
            authors STRUCT(key VARCHAR, name VARCHAR)[],
            first_publish_year BIGINT,
            has_fulltext BOOLEAN
        )'
    }
);
"""

# Few works come twice, so only those are sorted.
_MARTS = """
create table subject_books as
select distinct subject, book_key, 'api' as source from works;

create temp table repeated as
select book_key from works group by book_key having count(*) > 1;

create temp table newest as
select * from works anti join repeated using (book_key)
union all
select * from works semi join repeated using (book_key)
qualify row_number() over (
    partition by book_key
    order by fetched_at desc, load_id desc, page_offset, page_position
) = 1;

drop table works;

create temp table listed as
select
    author.key as author_key,
    book_key,
    min(place)::integer as author_position,
    nullif(arg_min(coalesce(author.name, ''), place), '') as author_name,
    any_value(first_publish_year) as first_publish_year,
    any_value(title) as title,
    any_value(started_at) as started_at
from (
    select
        book_key,
        first_publish_year,
        title,
        started_at,
        unnest(authors) as author,
        generate_subscripts(authors, 1) as place
    from newest
    join (select load_id, started_at from loads) using (load_id)
)
group by author_key, book_key;

create table author_books as
select author_key, book_key, author_position, first_publish_year, title from listed;

create table books as
select
    book_key,
    cover_edition_key,
    title,
    'api' as source,
    'https://openlibrary.org' || book_key as open_library_url,
    first_publish_year,
    first_publish_year_reported,
    edition_count,
    case
        when coalesce(len(authors), 0) < 2 then coalesce(len(authors), 0)
        else len(list_distinct(list_transform(authors, lambda author: author.key)))
    end::bigint as author_count,
    0::bigint as empty_role_count,
    coalesce(in_subjects.subject_count, 1) as subject_count,
    cover_id,
    has_fulltext,
    book_key like '%M' as is_orphan_edition,
    fetched_at
from newest
left join (
    select book_key, count(*) as subject_count
    from subject_books
    group by book_key
    having count(*) > 1
) as in_subjects using (book_key);

drop table newest;

create table authors as
select
    author_key,
    author_name,
    coalesce(name_variant_count, 0) as name_variant_count,
    book_count,
    first_publish_year,
    last_publish_year
from (
    select
        author_key,
        count(*) as book_count,
        min(first_publish_year) as first_publish_year,
        max(first_publish_year) as last_publish_year
    from listed
    group by author_key
)
left join (
    select
        author_key,
        min_by(author_name, (-votes, -epoch_us(last_started_at), author_name)) as author_name,
        count(*) as name_variant_count
    from (
        select author_key, author_name, count(*) as votes, max(started_at) as last_started_at
        from listed
        where author_name is not null
        group by author_key, author_name
    )
    group by author_key
) using (author_key);
"""

# What follows from the authors' books, of which a table has `author_key` and `first_publish_year`.
YEARLY_MARTS = """
create table books_per_author_per_year as
select author_key, author_name, years.first_publish_year, years.book_count
from (
    select author_key, first_publish_year, count(*) as book_count
    from {author_books}
    where first_publish_year is not null
    group by author_key, first_publish_year
) as years
join authors using (author_key);

create table average_books_per_author as
select
    author_key,
    any_value(author_name) as author_name,
    sum(book_count)::bigint as books,
    count(*) as active_year_count,
    max(first_publish_year) - min(first_publish_year) + 1 as career_year_count,
    books / active_year_count as average_books_per_active_year,
    books / career_year_count as average_books_per_career_year
from books_per_author_per_year
group by author_key;
alter table average_books_per_author rename column books to book_count;

create table books_per_year as
select
    first_publish_year,
    book_count,
    coalesce(author_count, 0) as author_count,
    average_books_per_author
from (
    select first_publish_year, count(*) as book_count
    from books
    where first_publish_year is not null
    group by first_publish_year
)
left join (
    select
        first_publish_year,
        count(*) as author_count,
        avg(book_count) as average_books_per_author
    from books_per_author_per_year
    group by first_publish_year
) using (first_publish_year);
"""

_SUBJECTS = """
create table subjects as
select
    subject,
    subject_name,
    load_id,
    coalesce(book_count, 0) as book_count,
    coalesce(author_count, 0) as author_count,
    is_tracked,
    is_complete,
    loaded_at
from loads
left join (
    select subject, count(*) as book_count from subject_books group by subject
) using (subject)
left join (
    select subject, count(distinct author_key) as author_count
    from subject_books
    join author_books using (book_key)
    group by subject
) using (subject);
"""


def current_loads(raw_root: Path) -> list[dict[str, Any]]:
    """The newest committed load of each subject, complete ones first."""
    records: dict[str, dict[str, Any]] = {}
    for path in (raw_root / "loads").glob("load_date=*/*.jsonl"):
        record = json.loads(path.read_text(encoding="utf-8"))
        known = records.get(record["load_id"])
        if known is None or known["completed_at"] < record["completed_at"]:
            records[record["load_id"]] = record
    newest: dict[str, dict[str, Any]] = {}
    for record in sorted(
        records.values(), key=lambda one: (one["is_complete"], one["started_at"], one["load_id"])
    ):
        newest[record["subject"]] = record
    return list(newest.values())


def build(raw_root: Path, warehouse: Path, tracked: list[str]) -> None:
    loads = current_loads(raw_root)
    files = [
        str(raw_root / "subject_works" / part["path"]) for one in loads for part in one["parts"]
    ]
    by_subject: dict[str, dict[str, Any]] = {one["subject"]: one for one in loads}
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(_SETTINGS)
        connection.execute(
            "create temp table loads (subject varchar, subject_name varchar, load_id varchar,"
            " is_tracked boolean, is_complete boolean, started_at timestamp, loaded_at timestamp)"
        )
        for subject in sorted({*tracked, *by_subject}):
            load = by_subject.get(subject, {})
            name = load.get("response", {}).get("name") or load.get("subject_given") or subject
            connection.execute(
                "insert into loads values (?, ?, ?, ?, ?, ?, ?)",
                [
                    subject,
                    name,
                    load.get("load_id"),
                    subject in tracked,
                    load.get("is_complete"),
                    load.get("started_at"),
                    load.get("completed_at"),
                ],
            )
        connection.execute(_WORKS, {"files": files})
        connection.execute(_MARTS)
        connection.execute(YEARLY_MARTS.format(author_books="listed"))
        connection.execute(_SUBJECTS)


@click.command()
@click.option("--raw-root", type=click.Path(path_type=Path), required=True)
@click.option("--warehouse", type=click.Path(path_type=Path), required=True)
@click.option("--tracked", multiple=True, help="A subject that has a row though it has no load.")
def main(raw_root: Path, warehouse: Path, tracked: tuple[str, ...]) -> None:
    """Build the catalog's tables by hand."""
    build(raw_root, warehouse, list(tracked))


if __name__ == "__main__":
    main()
