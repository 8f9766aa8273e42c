"""`python -m publish export`: the contents of the files, and of the folder after a failure."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from publish.errors import DestinationError
from publish.export_files import write_files
from publish.warehouse import Warehouse, warehouse
from tests.support.contracts import contracts
from tests.support.project import NO_TESTS, ROOT, SAMPLE, STREAMING, Project

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.needs_dbt,
    pytest.mark.xdist_group("exports"),  # what is exported, is exported once
]

PARQUET_TYPES = {
    "varchar": "VARCHAR",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}

# titles, and what each is in a CSV file
TITLES = {
    "=1+1": "'=1+1",
    "+1": "'+1",
    "-1": "'-1",
    "@cmd": "'@cmd",
    "\tx": "'\tx",
    "\rx": "'\rx",
    "\nx": "'\nx",
    "\0x": "'\0x",
    "\uff1d1": "'\uff1d1",
    "\uff0b1": "'\uff0b1",
    "\uff0d1": "'\uff0d1",
    "\uff201": "'\uff201",
    "'=1": "'=1",
    "1=1": "1=1",
    " =1": " =1",
    "lone \r return": "lone \r return",
    "two\r\nlines": "two\r\nlines",
    "three\n\\.\nlines": "three\n\\.\nlines",
    'say "a, b"': 'say "a, b"',
    "nul \0 within": "nul \0 within",
    "\U0001f600 e\u0301": "\U0001f600 e\u0301",
    "\\N": "\\N",
    "NULL": "NULL",
    "# no comment": "# no comment",
    "; semi": "; semi",
}


def parsed(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, strict=True))


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def exported(project: Project) -> Path:
    """The samples, exported."""
    said = project.publish("export")
    assert said.startswith(f"{len(contracts())} marts, ")
    return project.exported


@pytest.fixture(scope="module")
def works() -> list[dict[str, Any]]:
    works: list[dict[str, Any]] = json.loads(gzip.decompress(SAMPLE.read_bytes()))["works"]
    return works


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A subject with odd titles, whose works are numbered in the order of TITLES, from 100."""
    project = Project(tmp_path_factory.mktemp("odd"))
    works = [
        {"key": f"/works/OL{number}W", "title": title, "cover_id": -number}
        for number, title in enumerate([*TITLES, "", None], 100)
    ]
    page = {"key": "/subjects/odd", "name": "odd", "work_count": len(works), "works": works}
    (project.scratch / "page.json").write_text(json.dumps(page))
    project.extract("subjects", "odd", "--from", str(project.scratch / "page.json"))
    project.dbt("build", *NO_TESTS)
    with project.connect() as connection:  # no text is empty that dbt builds; a file could hold it
        empty = -100 - len(TITLES)
        connection.execute("update books set title = '' where cover_id = ?", [empty])
    return project


def test_every_mart_is_there_with_its_contract_s_columns(exported: Path) -> None:
    assert {"authors", "books", "author_books"} <= contracts().keys()
    names = {f"{mart}.{kind}" for mart in contracts() for kind in ("csv", "parquet")}
    assert {file.name for file in exported.iterdir()} == names
    for mart, columns in contracts().items():
        header, _, _ = (exported / f"{mart}.csv").read_bytes().partition(b"\r\n")
        assert header.decode().split(",") == list(columns)
        file = duckdb.read_parquet(f"{exported / mart}.parquet")
        assert list(zip(file.columns, map(str, file.types), strict=True)) == [
            (name, PARQUET_TYPES[kind]) for name, kind in columns.items()
        ]


def test_the_catalog_is_what_the_sample_holds(exported: Path, works: list[dict[str, Any]]) -> None:
    def plausible(work: dict[str, Any]) -> int | None:
        year: int | None = work["first_publish_year"]
        return year if year is not None and 1450 <= year <= 2100 else None

    def text(value: object) -> str:
        return "" if value is None else str(value)

    books = {row["book_key"]: row for row in parsed(exported / "books.csv")}
    assert len(books) == len({work["key"] for work in works})
    for work in works:
        row = books[work["key"]]
        assert row["title"] == work["title"]
        assert row["first_publish_year"] == text(plausible(work))
        assert row["edition_count"] == str(work["edition_count"])
        assert row["cover_id"] == text(work["cover_id"])
        assert row["has_fulltext"] == str(work["has_fulltext"]).lower()

    pairs = {(author["key"], work["key"]) for work in works for author in work["authors"]}
    written = [
        (row["author_key"], row["book_key"]) for row in parsed(exported / "author_books.csv")
    ]
    assert sorted(written) == sorted(pairs)

    years = {work["key"]: plausible(work) for work in works}
    counts = Counter((author, year) for author, book in pairs if (year := years[book]) is not None)
    assert {
        (row["author_key"], int(row["first_publish_year"])): int(row["book_count"])
        for row in parsed(exported / "books_per_author_per_year.csv")
    } == counts

    careers: dict[str, list[int]] = defaultdict(list)
    for (author, year), count in counts.items():
        careers[author] += [year] * count
    averages = parsed(exported / "average_books_per_author.csv")
    assert {row["author_key"] for row in averages} == careers.keys()
    for row in averages:
        career = careers[row["author_key"]]
        span = max(career) - min(career) + 1
        assert float(row["average_books_per_active_year"]) == len(career) / len(set(career))
        assert float(row["average_books_per_career_year"]) == len(career) / span


def test_received_texts_and_times_are_what_the_sample_holds(exported: Path) -> None:
    with gzip.open(STREAMING / "internal" / "users.csv.gz", "rt", encoding="utf-8") as file:
        received = {
            (row["email"], row["first_name"], row["last_name"]) for row in csv.DictReader(file)
        }
    users = parsed(exported / "users.csv")
    assert {(row["user_email"], row["first_name"], row["last_name"]) for row in users} == received

    moment = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?")
    assert all(moment.fullmatch(row["started_at"]) for row in parsed(exported / "streams.csv"))
    births = [row["birth_date"] for row in parsed(exported / "vendor_authors.csv")]
    assert any(births)
    assert all(re.fullmatch(r"(\d{4}-\d\d-\d\d)?", date) for date in births)


def test_rows_are_in_the_order_of_the_key(exported: Path) -> None:
    for mart, *key in (
        ("books", "book_key"),
        ("author_books", "author_key", "book_key"),
        ("streams", "user_email", "movie_key", "started_at"),
    ):
        keys = [tuple(row[name] for name in key) for row in parsed(exported / f"{mart}.csv")]
        assert keys == sorted(keys)
        listed = ", ".join(key)
        rows = duckdb.read_parquet(f"{exported / mart}.parquet").select(listed).fetchall()
        assert [row[: len(key)] for row in rows] == sorted(rows)
    years = [int(row["first_publish_year"]) for row in parsed(exported / "books_per_year.csv")]
    assert years == sorted(years)


def test_the_same_rows_give_the_same_bytes(exported: Path, copied: Project) -> None:
    with copied.connect() as connection:  # the same rows, in another order
        connection.execute("set threads = 1")
        for mart in contracts():
            connection.execute(f"create or replace table {mart} as from {mart} order by random()")
    copied.publish("export")
    assert contents(copied.exported) == contents(exported)


def test_another_engine_s_rows_give_the_same_bytes(
    exported: Path, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of an engine that cannot write files are copied first; here DuckDB plays that engine.

    The sample is smaller than a usual batch, so the batch is made smaller.
    """
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(Warehouse, "is_duckdb", False)
    monkeypatch.setattr("publish.export_files._BATCH", 1_000)
    with warehouse("dev") as opened:
        write_files(opened, tmp_path, raw=False)
    assert contents(tmp_path) == contents(exported)


def test_a_spreadsheet_finds_no_formula(odd: Project) -> None:
    odd.publish("export")
    rows = parsed(odd.exported / "books.csv")
    assert [row["title"] for row in rows] == [*TITLES.values(), "", ""]
    assert [row["cover_id"] for row in rows] == [str(-n) for n in range(100, 100 + len(rows))]
    titles = duckdb.read_parquet(f"{odd.exported}/books.parquet").select("title").fetchall()
    assert [title for (title,) in titles] == [*TITLES, "", None]


def test_raw_leaves_texts_as_they_are(odd: Project, tmp_path: Path) -> None:
    odd.publish("export", "--raw", EXPORT_ROOT=str(tmp_path))
    assert [row["title"] for row in parsed(tmp_path / "books.csv")] == [*TITLES, "", ""]


def test_csv_is_that_of_rfc_4180(odd: Project, tmp_path: Path) -> None:
    odd.publish("export", EXPORT_ROOT=str(tmp_path))
    written = (tmp_path / "books.csv").read_bytes()
    unquoted = re.sub(rb'"(?:[^"]|"")*"', b"_", written)
    assert b'"' not in unquoted
    assert unquoted.count(b"\r\n") == unquoted.count(b"\n") == unquoted.count(b"\r")
    assert unquoted.count(b"\r\n") == 1 + len(TITLES) + 2
    assert {line.count(b",") for line in unquoted.split(b"\r\n")[:-1]} == {13}
    empty, null = written.decode().split("\r\n")[-3:-1]
    assert empty.split(",")[2] == '""'
    assert null.split(",")[2] == ""


def test_a_failed_export_leaves_the_last_one(copied: Project) -> None:
    copied.publish("export")
    before = contents(copied.exported)
    (copied.exported / "notes.txt").write_text("the reader's own")
    with copied.connect() as connection:
        connection.execute("delete from books")
        connection.execute("drop table vendor_reviews")  # the last in the order of names
    said = copied.publish("export", fails=True)
    assert said.count("\n") == 1
    assert said.startswith("publish: error: ")
    assert "vendor_reviews" in said
    assert "make build" in said
    assert contents(copied.exported) == before | {"notes.txt": b"the reader's own"}


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_stopped_export_leaves_the_last_one(copied: Project, stop: signal.Signals) -> None:
    copied.exported.mkdir()
    before = {"books.csv": b"the last export's"}
    (copied.exported / "books.csv").write_bytes(before["books.csv"])
    with subprocess.Popen(
        [sys.executable, "-m", "publish", "export"],
        cwd=ROOT,
        env=os.environ | copied.environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not list(copied.exported.glob(".partial-*/books.csv")):
            assert process.poll() is None
            time.sleep(0.001)
        process.send_signal(stop)
        _, said = process.communicate()
    left = {file.name: file.read_bytes() for file in copied.exported.iterdir() if file.is_file()}
    assert left == before
    if stop is not signal.SIGKILL:
        assert process.returncode == 130
        assert said == "publish: interrupted; each file and table is complete\n"
        assert contents(copied.exported) == before
    copied.publish("export")
    assert len(list(copied.exported.glob("*.csv"))) == len(contracts())


def test_without_a_warehouse_one_line_says_what_to_do(tmp_path: Path) -> None:
    project = Project(tmp_path)
    said = project.publish("export", fails=True)
    assert said.count("\n") == 1
    assert str(project.warehouse) in said
    assert "make build" in said
    assert not project.warehouse.exists()


def test_a_warehouse_at_work_is_not_read(copied: Project) -> None:
    with copied.connect():
        said = copied.publish("export", fails=True)
    assert said.count("\n") == 1
    assert "lock" in said
    assert "wait" in said


def test_readers_do_not_keep_each_other_out(copied: Project) -> None:
    with duckdb.connect(str(copied.warehouse), read_only=True):
        copied.publish("export")


def test_production_needs_its_environment(copied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    said = copied.publish("export", "--target", "prod", fails=True)
    assert said.count("\n") == 1
    assert "AWS_REGION" in said
    assert "docs/runbooks/deploy.md" in said


def test_where_to_must_be_a_folder(copied: Project) -> None:
    said = copied.publish("export", EXPORT_ROOT="s3://bucket/export", fails=True)
    assert "EXPORT_ROOT='s3://bucket/export' is a URL" in said
    said = copied.publish("export", EXPORT_ROOT=str(copied.warehouse), fails=True)
    assert said.startswith(f"publish: error: cannot export to {copied.warehouse}: ")
    assert "name another folder in EXPORT_ROOT" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("is_duckdb", [True, False])
def test_a_full_disk_is_the_destination_s_error(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_duckdb: bool
) -> None:
    """No file can grow beyond the smallest exports; dbt has written its own files before."""
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(Warehouse, "is_duckdb", is_duckdb)
    (tmp_path / "books.csv").write_text("the last export's")
    with warehouse("dev") as opened:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        try:
            with pytest.raises(DestinationError, match=r"too large.*free space.*EXPORT_ROOT"):
                write_files(opened, tmp_path, raw=False)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert contents(tmp_path) == {"books.csv": b"the last export's"}


def test_rows_of_one_query_are_not_cut_short_by_another(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)
    with warehouse("dev") as opened:
        names, numbers = opened.rows("select range as n from range(30000)")
        assert names == ["n"]
        assert list(numbers) == [(n,) for n in range(30000)]
        _, numbers = opened.rows("select range as n from range(30000)")
        next(numbers)
        opened.rows("select 1")
        with pytest.raises(RuntimeError, match="incomplete"):
            list(numbers)
        assert [analysis.name for analysis in opened.analysis("answer_")] == sorted(
            file.stem for file in (ROOT / "analyses").glob("answer_*.sql")
        )
