"""Bytes scanned by the usual questions and by building a dump's catalog, which Athena bills.

The questions are asked of the marts and of the layout that the simplest pipeline would use: one CSV
table of books and their authors, partitioned by year of first publication. Both give one answer.
"""

from __future__ import annotations

import json
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import dump_baseline
from benchmarks.bench import Row

from .conftest import WHOLE_KEY

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from tests.support.project import Project

    from .conftest import Statuses
    from .production import Production

BOUND = 0.1  # of what the CSV layout makes the same questions scan
# Bytes that building the catalog of a dump scans, and those with the marts of editions and readers.
PER_WORK = 1_300
PER_WORK_OF_SHOP = 1_750
SHOP = {*dump_baseline.OF_EDITIONS, *dump_baseline.OF_READERS}

# In text, a line break would end a row and a backslash would escape what follows.
CSV = r"""
copy (
    select
        coalesce(cast(books.first_publish_year as varchar), 'unknown') as first_publish_year,
        author_books.author_key as author_id,
        authors.author_name,
        books.book_key as book_id,
        translate(books.title, chr(10) || '\', '  ') as title,
        subject_books.subject
    from books
    left join subject_books using (book_key)
    left join author_books using (book_key)
    left join authors using (author_key)
) to '{folder}' (format csv, header false, partition_by (first_publish_year))
"""
CSV_COLUMNS = ("author_id", "author_name", "book_id", "title", "subject")
CSV_TABLE = "book_authors_csv"


class Question(NamedTuple):
    """A question of the marts and of the CSV layout; their first columns are compared."""

    what: str
    marts: str
    csv: str


QUESTIONS = (
    Question(
        "books of an author, by key",
        "select book_key, title, first_publish_year from author_books where author_key = '{key}'",
        "select distinct book_id, title, first_publish_year from {csv} where author_id = '{key}'",
    ),
    Question(
        "books of an author, by name",
        """select author_books.book_key, author_books.title
        from authors inner join author_books on authors.author_key = author_books.author_key
        where authors.author_name = '{name}'""",
        "select distinct book_id, title from {csv} where author_name = '{name}'",
    ),
    Question(
        "books of an author in each year",
        """select first_publish_year, book_count from books_per_author_per_year
        where author_key = '{key}'""",
        """select first_publish_year, count(distinct book_id) from {csv}
        where author_id = '{key}' and first_publish_year <> 'unknown' group by 1""",
    ),
    Question(
        "books of a year",
        "select book_key, title from books where first_publish_year = {year}",
        "select distinct book_id, title from {csv} where first_publish_year = '{year}'",
    ),
    Question(
        "most prolific authors of a year",
        """select book_count, author_name from books_per_author_per_year
        where first_publish_year = {year} order by book_count desc limit 10""",
        """select count(distinct book_id) as book_count, min(author_name) from {csv}
        where first_publish_year = '{year}' and author_id <> '' group by author_id
        order by book_count desc limit 10""",
    ),
    Question(
        "a subject's books and authors in each year",
        """select author_books.first_publish_year, count(distinct subject_books.book_key),
            count(distinct author_books.author_key)
        from subject_books
        inner join author_books on subject_books.book_key = author_books.book_key
        where subject_books.subject = 'space' and author_books.first_publish_year is not null
        group by 1""",
        """select first_publish_year, count(distinct book_id), count(distinct author_id) from {csv}
        where subject = 'space' and author_id <> '' and first_publish_year <> 'unknown'
        group by 1""",
    ),
    Question(
        "average per author in each year",
        """select round(average_books_per_author, 6), first_publish_year from books_per_year
        where author_count > 0""",
        """select round(avg(cast(book_count as double)), 6), first_publish_year from (
            select first_publish_year, author_id, count(distinct book_id) as book_count from {csv}
            where author_id <> '' and first_publish_year <> 'unknown' group by 1, 2
        ) group by first_publish_year""",
    ),
)


def test_usual_questions_scan_a_tenth_of_the_csv_layout(
    both: tuple[Project, Production], tmp_path: Path, figures: list[Row]
) -> None:
    project, athena = both
    lay_out_csv(project, athena, tmp_path / "csv")
    with project.connect() as connection:
        ((key, name),) = connection.sql(
            "select arg_max(author_key, book_count), arg_max(author_name, book_count) from authors"
        ).fetchall()
        ((year,),) = connection.sql(
            "select quantile_disc(first_publish_year, 0.5) from books"
        ).fetchall()
    values = {"key": key, "name": str(name).replace("'", "''"), "year": year, "csv": CSV_TABLE}
    totals = (0, 0)
    for question in QUESTIONS:
        answers, scanned = zip(
            *(ask(athena, sql.format(**values)) for sql in (question.marts, question.csv)),
            strict=True,
        )
        assert answers[0] == answers[1]
        assert answers[0]
        totals = (totals[0] + scanned[0], totals[1] + scanned[1])
        figures.append(ratio(question.what, scanned, inf))
    figures.append(ratio("all the questions, against CSV by year", totals, BOUND))
    assert figures[-1].is_met


def test_building_the_catalog_of_a_dump_scans_few_bytes_of_each_work(
    both: tuple[Project, Production],
    testing: Future[tuple[Statuses, Statuses]],
    figures: list[Row],
) -> None:
    """The dump's works are counted; the bytes of the fewer works of the API are scanned, too."""
    project, athena = both
    testing.result()
    manifest = json.loads((athena.target / "manifest.json").read_text(encoding="utf-8"))
    marts = {
        name for name, node in manifest["nodes"].items() if node["path"].startswith("marts/catalog")
    }
    with project.connect() as connection:
        ((works,),) = connection.sql(
            "select count(*) from main_intermediate.int_dump_works_checked"
        ).fetchall()

    def per_work(what: str, nodes: set[str], bound: float) -> Row:
        while missing := {up for name in nodes for up in manifest["parent_map"][name]} - nodes:
            nodes = nodes | missing
        scanned = sum(
            one.bytes_scanned
            for one in athena.cloud.statements
            if one.access_key == WHOLE_KEY and one.node_id in nodes
        )
        return Row(what, scanned / works, bound, "", f"{scanned:,} bytes, {works:,} works")

    rows = [
        per_work(
            "bytes scanned of each work of a dump",
            {name for name in marts if name.rpartition(".")[2] not in SHOP},
            PER_WORK,
        ),
        per_work("with the marts of editions and readers", marts, PER_WORK_OF_SHOP),
        per_work(
            "with every table and every data test",
            {name for name in manifest["nodes"] if not name.startswith("unit_test.")},
            inf,
        ),
    ]
    figures += rows
    assert all(row.is_met for row in rows)


def ratio(what: str, scanned: tuple[int, ...], bound: float) -> Row:
    ours, theirs = scanned
    return Row(what, ours / theirs, bound, "x", f"{ours:,} of {theirs:,} bytes")


def ask(athena: Production, sql: str) -> tuple[list[str], int]:
    """Give the first column of the answer, sorted, and the bytes scanned."""
    before = len(athena.cloud.statements)
    rows = athena.cloud.query(sql, athena.environment["ATHENA_SCHEMA"])
    (execution,) = athena.cloud.statements[before:]
    return sorted(str(row[0]) for row in rows), execution.bytes_scanned


def lay_out_csv(project: Project, athena: Production, folder: Path) -> None:
    """Put the CSV layout next to the marts: its files, its table and a partition for each year."""
    with project.connect() as connection:
        connection.execute(CSV.format(folder=folder))
    bucket, place = athena.environment["ATHENA_S3_DATA_DIR"].removeprefix("s3://").split("/", 1)
    prefix = f"{place}{CSV_TABLE}"
    s3, glue = (athena.cloud.client(name) for name in ("s3", "glue"))
    for file in folder.rglob("*.csv"):
        s3.upload_file(str(file), bucket, f"{prefix}/{file.relative_to(folder).as_posix()}")

    def stored(at: str) -> dict[str, object]:
        return {
            "Columns": [{"Name": name, "Type": "string"} for name in CSV_COLUMNS],
            "Location": f"s3://{bucket}/{prefix}{at}",
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"},
        }

    table = {"DatabaseName": athena.environment["ATHENA_SCHEMA"]}
    glue.create_table(
        **table,
        TableInput={
            "Name": CSV_TABLE,
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": [{"Name": "first_publish_year", "Type": "string"}],
            "StorageDescriptor": stored(""),
        },
    )
    for at in folder.iterdir():
        partition = {
            "Values": [at.name.partition("=")[2]],
            "StorageDescriptor": stored(f"/{at.name}"),
        }
        glue.create_partition(**table, TableName=CSV_TABLE, PartitionInput=partition)
