"""`python -m publish export`: the contents of the files, and of the folder after a failure."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml  # type: ignore[import-untyped]
from markdown_it import MarkdownIt

from publish.errors import DestinationError
from publish.export_contents import Export
from publish.export_files import FORMULA_SIGNS, write_files
from publish.warehouse import Warehouse, warehouse
from tests.support.contracts import OF_THE_SHOP, PERSONAL, contracts, descriptions, public
from tests.support.project import NO_TESTS, ROOT, SAMPLE, STREAMING, Project

if TYPE_CHECKING:
    from pathlib import Path

    Exported = tuple[Path, dict[str, dict[str, str]]]  # the folder, and each mart's columns

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
    """The bytes of each file; of the manifest, all but the time."""
    found = {file.name: file.read_bytes() for file in folder.iterdir()}
    if "manifest.json" in found:
        without_time = json.loads(found["manifest.json"]) | {"exported_at": None}
        found["manifest.json"] = json.dumps(without_time).encode()
    return found


@pytest.fixture(scope="module")
def exported(project: Project) -> Path:
    """The samples, exported."""
    said = project.publish("export")
    assert said.startswith(f"{len(public())} marts, ")
    assert "streams.user_key, streams.user_email" in said
    assert "make export PERSONAL=yes" in said
    return project.exported


@pytest.fixture(scope="module")
def in_full(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, exported with personal data."""
    folder = tmp_path_factory.mktemp("in_full")
    said = project.publish("export", "--personal", EXPORT_ROOT=str(folder))
    assert said.startswith(f"{len(contracts())} marts, ")
    assert "personal" not in said
    return folder


@pytest.fixture(params=["exported", "in_full"])
def either(request: pytest.FixtureRequest) -> Exported:
    """The samples, exported without personal data or with it, and the columns that belong there."""
    columns = public() if request.param == "exported" else contracts()
    return request.getfixturevalue(request.param), columns


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


def test_every_mart_is_there_with_its_contract_s_columns(either: Exported) -> None:
    folder, expected = either
    assert {"authors", "books", "author_books"} <= expected.keys()
    names = {f"{mart}.{kind}" for mart in expected for kind in ("csv", "parquet")}
    beside = {"dictionary.csv", "dictionary.md", "manifest.json"}
    assert {file.name for file in folder.iterdir()} == names | beside
    for mart, columns in expected.items():
        header, _, _ = (folder / f"{mart}.csv").read_bytes().partition(b"\r\n")
        assert header.decode().split(",") == list(columns)
        file = duckdb.read_parquet(f"{folder / mart}.parquet")
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


def test_received_texts_and_times_are_what_the_sample_holds(in_full: Path) -> None:
    with gzip.open(STREAMING / "internal" / "users.csv.gz", "rt", encoding="utf-8") as file:
        received = {
            (row["email"], row["first_name"], row["last_name"]) for row in csv.DictReader(file)
        }
    users = parsed(in_full / "users.csv")
    assert {(row["user_email"], row["first_name"], row["last_name"]) for row in users} == received

    moment = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?")
    assert all(moment.fullmatch(row["started_at"]) for row in parsed(in_full / "streams.csv"))
    births = [row["birth_date"] for row in parsed(in_full / "vendor_authors.csv")]
    assert any(births)
    assert all(re.fullmatch(r"(\d{4}-\d\d-\d\d)?", date) for date in births)


def test_rows_are_in_the_order_of_the_key(in_full: Path) -> None:
    for mart, *key in (
        ("books", "book_key"),
        ("author_books", "author_key", "book_key"),
        ("streams", "user_email", "movie_key", "started_at"),
    ):
        keys = [tuple(row[name] for name in key) for row in parsed(in_full / f"{mart}.csv")]
        assert keys == sorted(keys)
        listed = ", ".join(key)
        rows = duckdb.read_parquet(f"{in_full / mart}.parquet").select(listed).fetchall()
        assert [row[: len(key)] for row in rows] == sorted(rows)
    years = [int(row["first_publish_year"]) for row in parsed(in_full / "books_per_year.csv")]
    assert years == sorted(years)


def test_the_shops_marts_are_exported_with_all_rows(stocked: Project) -> None:
    stocked.publish("export")
    folder = stocked.exported
    with stocked.connect(read_only=True) as connection:
        for mart in OF_THE_SHOP:
            listed = ", ".join(contracts()[mart])
            rows = connection.execute(f"select {listed} from {mart}").fetchall()  # noqa: S608
            assert rows, mart
            exported = duckdb.read_parquet(f"{folder / mart}.parquet").fetchall()
            assert sorted(exported, key=repr) == sorted(rows, key=repr)
            assert len(parsed(folder / f"{mart}.csv")) == len(rows)


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
        write_files(Export(opened, personal=False), tmp_path, raw=False)
    assert contents(tmp_path) == contents(exported)


def test_personal_data_leaves_only_when_asked(copied: Project) -> None:
    address = "jane.doe@example.org"
    with copied.connect() as connection:
        for dataset in ("users", "streams", "movies", None):
            connection.execute(
                "insert into rejected_records (rejected_record_key, dataset, line_start)"
                " values (coalesce($1, 'unknown'), $1, 'line of ' || coalesce($1, $2))",
                [dataset, address],
            )
        connection.execute(
            "update rejected_records set line_start = $1 where dataset in ('users', 'streams')",
            [address],
        )
        addresses = [
            found
            for (found,) in connection.execute(
                "select user_email from users union select user_key from users"
            ).fetchall()
        ]
    assert len(addresses) >= 783

    def lines() -> dict[str, str | None]:
        file = f"{copied.exported}/rejected_records.parquet"
        found = duckdb.read_parquet(file).select("rejected_record_key, line_start").fetchall()
        return {key: line for key, line in found if "/" not in key}

    def everything() -> str:
        texts = [file.read_text(encoding="utf-8") for file in copied.exported.glob("*.[cjm]*")]
        texts += [
            str(duckdb.read_parquet(str(file)).fetchall())
            for file in copied.exported.glob("*.parquet")
        ]
        return "\n".join(texts)

    copied.publish("export", "--personal")
    assert lines() == {
        "movies": "line of movies",
        "streams": address,
        "unknown": f"line of {address}",
        "users": address,
    }
    assert (copied.exported / "users.csv").exists()
    shown = everything()
    assert all(one in shown for one in [address, *addresses])

    (copied.exported / "notes.txt").write_text("the reader's own")
    copied.publish("export")  # into the same folder
    assert lines() == {
        "movies": "line of movies",
        "streams": None,
        "unknown": None,
        "users": None,
    }
    assert not list(copied.exported.glob("users.*"))
    assert (copied.exported / "notes.txt").exists()
    shown = everything()
    assert [one for one in [address, *addresses] if one in shown] == []


def test_streams_without_users_are_not_in_the_order_of_users(exported: Path) -> None:
    columns = "movie_key, movie_title, size_mb, watched_minutes"
    rows = duckdb.read_parquet(f"{exported}/streams.parquet").select(columns).fetchall()
    assert len(rows) > 9_000
    assert rows == sorted(rows)


def test_each_dataset_about_people_has_its_rejected_lines_marked() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    datasets = [one["dataset"] for files in project["vars"]["file_sets"].values() for one in files]
    assert set(PERSONAL) <= set(datasets)
    file = ROOT / "models" / "marts" / "operations" / "rejected_records.yml"
    (mart,) = yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    (column,) = (one for one in mart["columns"] if one["name"] == "line_start")
    condition = column["config"]["meta"]["personal"]
    marked = duckdb.execute(
        f"select dataset from (select unnest($1) as dataset) where {condition}",  # noqa: S608
        [[*datasets, "subject_works"]],
    ).fetchall()
    assert {dataset for (dataset,) in marked} == set(PERSONAL)


def test_the_dictionary_describes_each_column_as_its_contract_does(either: Exported) -> None:
    folder, expected = either
    rows = parsed(folder / "dictionary.csv")
    assert {(row["table"], row["column"]): row["type"] for row in rows} == {
        (mart, name): kind for mart, columns in expected.items() for name, kind in columns.items()
    }
    assert list(rows[0]) == [
        *("table", "grain", "column", "type"),
        *("is_key", "is_required", "is_personal", "description"),
    ]
    assert not any(cell.startswith(tuple(FORMULA_SIGNS)) for row in rows for cell in row.values())
    of = {(row["table"], row["column"]): row for row in rows}
    assert of["author_books", "author_position"] == {
        "table": "author_books",
        "grain": "One row per author and book that lists the author.",
        "column": "author_position",
        "type": "integer",
        "is_key": "false",
        "is_required": "true",
        "is_personal": "false",
        "description": "Position of the author in the work's list of authors, from 1.",
    }
    assert of["rejected_records", "reason"]["grain"] == (
        "One row per line of a current load that was rejected, with the reason."
    )
    personal = "users" in expected
    keys = [row["column"] for row in rows if row["is_key"] == "true" and row["table"] == "streams"]
    assert keys == (["user_key", "movie_key", "started_at"] if personal else [])
    marked = {(row["table"], row["column"]) for row in rows if row["is_personal"] == "true"}
    columns = {(mart, column) for mart, columns in PERSONAL.items() for column in columns}
    assert marked == (columns | {("rejected_records", "line_start")} if personal else set())
    for mart, described in descriptions().items():
        for column, text in described.items():
            if column in expected.get(mart, ()) and "{{" not in text:
                assert of[mart, column]["description"].split() == text.split()


def test_the_dictionary_reads_well_as_markdown(exported: Path) -> None:
    text = (exported / "dictionary.md").read_text(encoding="utf-8")
    page = MarkdownIt("commonmark").enable("table").render(text)
    titles = re.findall(r"<h2>(.*?)</h2>", page)
    assert titles == [*sorted(public()), "Left out because it is personal"]
    columns = re.findall(r"<li>\s*<p><code>(\w+)</code>: (\w+)", page)
    assert columns == [
        (name, kind) for mart in sorted(public()) for name, kind in public()[mart].items()
    ]
    assert "<code>book_key</code>: varchar, key</p>" in page
    assert "<code>author_position</code>: integer, never null</p>" in page
    # the reasons for rejection (files, dumps, works), and what ISBNs turned out to be; of the store
    # how an item is matched (in two marts), why not, and what a score is made of (in two)
    assert page.count("<table>") == 4 + 2 + 1 + 2
    left_out = page.partition("Left out")[2]
    assert "<code>users.user_email</code>" in left_out
    assert "<code>rejected_records.line_start where dataset in ('streams', 'users')</code>" in (
        left_out
    )


def test_the_manifest_says_when_and_what_was_exported(
    exported: Path, project: Project, tmp_path: Path
) -> None:
    before = datetime.now(UTC)
    project.publish("export", EXPORT_ROOT=str(tmp_path))
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest) == [
        *("exported_at", "version", "target", "loads", "tables", "left_out", "files")
    ]
    assert before < datetime.fromisoformat(manifest["exported_at"]) < datetime.now(UTC)
    toml = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert (manifest["version"], manifest["target"]) == (toml["project"]["version"], "dev")
    assert manifest["tables"] == [
        {"name": mart, "rows": len(parsed(exported / f"{mart}.csv"))} for mart in sorted(public())
    ]
    assert {(one["table"], one["column"]): one["where"] for one in manifest["left_out"]} == {
        ("rejected_records", "line_start"): "dataset in ('streams', 'users')",
        **{(mart, column): "true" for mart, columns in PERSONAL.items() for column in columns},
    }
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    del written["manifest.json"]
    assert {one["name"]: (one["bytes"], one["sha256"]) for one in manifest["files"]} == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in written.items()
    }


def test_the_manifest_names_the_loads_that_count(copied: Project) -> None:
    with copied.connect() as connection:
        connection.execute("insert into loads (load_id, is_current) values ('0-before', false)")
    copied.publish("export")
    loads = json.loads((copied.exported / "manifest.json").read_bytes())["loads"]
    assert [
        (load["dataset"], load["subject"], load["status"], load["record_count"]) for load in loads
    ] == [("subject_works", "love", "partial", 1_000), ("streaming", None, "complete", 11_331)]
    for load in loads:
        assert re.match(r"\d{8}T", load["load_id"])
        started, completed = (
            datetime.fromisoformat(load[name]) for name in ("started_at", "completed_at")
        )
        assert started.tzinfo == UTC
        assert started < completed < datetime.now(UTC)
        assert f"{started:%Y%m%dT%H%M%S%f}Z" == load["load_id"].partition("-")[0]


def test_parquet_files_describe_their_columns(exported: Path) -> None:
    rows = parsed(exported / "dictionary.csv")
    for mart, columns in public().items():
        found = dict(
            duckdb.execute(
                "select decode(key), decode(value) from parquet_kv_metadata($1)",
                [f"{exported}/{mart}.parquet"],
            ).fetchall()
        )
        assert found.pop("description").startswith("One row per ")
        assert list(found) == [f"column.{name}" for name in columns]
        described = [row["description"] for row in rows if row["table"] == mart]
        assert list(found.values()) == described


@pytest.mark.parametrize(("given", "passed"), [("yes", True), ("no", False), ("", False)])
def test_make_passes_personal_on(given: str, *, passed: bool) -> None:
    command = ["make", "--dry-run", "export", f"PERSONAL={given}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ('export --target "dev" --personal\n' in done.stdout) == passed
    assert ("--personal" in done.stdout) == passed


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
    assert {line.count(b",") for line in unquoted.split(b"\r\n")[:-1]} == {14}
    empty, null = written.decode().split("\r\n")[-3:-1]
    assert empty.split(",")[2] == '""'
    assert null.split(",")[2] == ""


def test_a_failed_export_leaves_the_last_one(copied: Project) -> None:
    copied.publish("export")
    before = contents(copied.exported)
    (copied.exported / "notes.txt").write_text("the reader's own")
    with copied.connect() as connection:
        connection.execute("delete from books")
        connection.execute("drop table wanted_books")  # the last in the order of names
    said = copied.publish("export", fails=True)
    assert said.count("\n") == 1
    assert said.startswith("publish: error: ")
    assert "wanted_books" in said
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
    assert len(list(copied.exported.glob("*.parquet"))) == len(public())


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
                write_files(Export(opened, personal=False), tmp_path, raw=False)
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
