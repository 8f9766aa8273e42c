"""Step 7: bytes scanned, which Athena bills: by the usual questions, and by a build.

The questions are asked of the marts and of the layout that the simplest pipeline would use: one CSV
table of books and their authors, partitioned by year of first publication. Both give one answer.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import pytest

from benchmarks import synthetic
from benchmarks.report import Row
from tests.python.warehouse.conftest import ROOT, Project

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .production import Production
    from .service import Execution

BOUND = 0.1  # of what the CSV layout makes the same questions scan
HISTORY_BOUND = 1.2  # of what a build scans after one load
PAST_LOADS = 100
MINIMUM = 10_000_000  # bytes: Athena bills no query less

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
    inner join subject_books using (book_key)
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
    synthetic_works: tuple[Project, Production], tmp_path: Path, figures: list[Row]
) -> None:
    project, athena = synthetic_works
    lay_out_csv(project, athena, tmp_path / "csv")
    with project.connect() as connection:
        ((key, name),) = connection.sql(
            "select arg_max(author_key, book_count), arg_max(author_name, book_count) from authors"
        ).fetchall()
        ((year,),) = connection.sql(
            "select quantile_disc(first_publish_year, 0.5) from books"
        ).fetchall()
    told = {"key": key, "name": str(name).replace("'", "''"), "year": year, "csv": CSV_TABLE}
    totals = (0, 0)
    for question in QUESTIONS:
        answers, scanned = zip(
            *(ask(athena, sql.format(**told)) for sql in (question.marts, question.csv)),
            strict=True,
        )
        assert answers[0] == answers[1]
        assert answers[0]
        totals = (totals[0] + scanned[0], totals[1] + scanned[1])
        figures.append(ratio(question.what, *scanned))
    figures.append(ratio("all the questions, against CSV by year", *totals, bound=BOUND))
    assert figures[-1].is_met


def ratio(what: str, ours: int, theirs: int, bound: float = inf) -> Row:
    return Row(what, ours / theirs, bound, "x", f"{ours:,} of {theirs:,} bytes")


def ask(athena: Production, sql: str) -> tuple[list[str], int]:
    """Give the first column of the answer, sorted, and the bytes scanned."""
    before = len(athena.cloud.statements)
    rows = athena.cloud.query(sql, athena.environment["ATHENA_SCHEMA"])
    (execution,) = athena.cloud.statements[before:]
    return sorted(str(row[0]) for row in rows), execution.bytes_scanned


def lay_out_csv(project: Project, athena: Production, folder: Path) -> None:
    """Put the CSV layout beside the marts: its files, its table and a partition for each year."""
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


@pytest.fixture(scope="module")
def builds(
    production: Production, tmp_path_factory: pytest.TempPathFactory
) -> list[list[Execution]]:
    """The statements of a daily build with no past load, and with a month of them."""
    athena = production.of("history")
    statements = athena.cloud.statements
    builds = []
    for name, numbers in (("newest", [PAST_LOADS]), ("past", range(PAST_LOADS))):
        raw_root = tmp_path_factory.mktemp(name)
        land(raw_root, numbers)
        athena.land(raw_root)
        before = len(statements)
        athena.dbt("build", "--exclude-resource-type", "unit_test")
        builds.append(statements[before:])
    return builds


def land(raw_root: Path, numbers: Iterable[int]) -> None:
    for number in numbers:
        synthetic.land(raw_root, "love", 2_000, number=number)


def test_past_loads_are_not_scanned(builds: list[list[Execution]], figures: list[Row]) -> None:
    first, last = (sum(execution.bytes_scanned for execution in build) for build in builds)
    what = f"bytes scanned by a build, after {PAST_LOADS} past loads against none"
    figures.append(ratio(what, last, first, HISTORY_BOUND))
    assert figures[-1].is_met


def test_the_runbook_knows_what_a_build_costs(
    builds: list[list[Execution]], figures: list[Row]
) -> None:
    billed = [execution for execution in builds[1] if execution.statement.type == "DML"]
    text = (ROOT / "docs/runbooks/deploy.md").read_text(encoding="utf-8")
    told = re.search(r"^- statements per build: (\d+)", text, re.MULTILINE)
    assert told
    billed_bytes = sum(max(MINIMUM, execution.bytes_scanned) for execution in billed)
    details = f"{billed_bytes * 5e-12:.4f} US dollars at the least"
    figures.append(Row("statements billed in a build", len(billed), int(told[1]), "", details))
    assert len(billed) == int(told[1])
