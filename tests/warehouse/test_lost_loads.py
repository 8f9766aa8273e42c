"""A raw zone that lacks what the tables were built from replaces none of them."""

import json
from pathlib import Path

import duckdb
import pytest

from tests.support.project import SAMPLE, Project
from tests.support.streaming_files import Received

LACKS = "the raw zone lacks loads that the tables were built from"
REPLACING = (
    *(("build",), ("run", "--select", "books"), ("run", "--full-refresh"), ("seed",)),
    *(("snapshot",), ("test", "--select", "books"), ("source", "freshness")),
)


def contents(project: Project) -> dict[str, object]:
    """Give the rows of each table, and the definition of each view."""
    with project.connect(read_only=True) as warehouse:
        tables = warehouse.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall()
        views = "select schema_name || '.' || view_name, sql from duckdb_views() where not internal"
        return {
            **{name: rows(warehouse, name) for (name,) in tables},
            **dict(warehouse.execute(views).fetchall()),
        }


def rows(warehouse: duckdb.DuckDBPyConnection, table: str) -> object:
    return warehouse.execute(f"select count(*), sum(hash({table})) from {table}").fetchone()  # noqa: S608


def test_nothing_is_replaced_from_a_raw_zone_that_lacks_loads(copied: Project) -> None:
    before = contents(copied)
    copied.raw_root.rename(copied.scratch / "elsewhere")
    for command in REPLACING:
        assert f"{LACKS}, 2 in all" in copied.dbt(*command, fails=True), command
    copied.extract("subjects", "love", "--from", str(SAMPLE))  # the same works, in another load
    assert f"{LACKS}, 2 in all" in copied.dbt("build", fails=True)
    assert contents(copied) == before


def commit_records(project: Project) -> list[Path]:
    """Give the commit record of each load, the oldest first."""
    return sorted((project.raw_root / "loads").glob("*/*.jsonl"))


@pytest.fixture
def loaded(tmp_path: Path) -> Project:
    """Two loads of files and two of a subject, each of its own day, built as far as their table."""
    project = Project(tmp_path)
    for number in (1, 2):
        received = Received(users=[("A", str(number), "a@example.org")])
        project.extract("files", "streaming", str(received.write(tmp_path / f"received-{number}")))
        saved = tmp_path / f"{number}.json"
        works = [{"key": f"/works/OL{number}W", "title": "Book", "authors": []}]
        saved.write_text(
            json.dumps({"key": "/subjects/x", "name": "X", "work_count": 1, "works": works})
        )
        project.extract("subjects", "x", "--from", str(saved))
    for number, record in enumerate(commit_records(project), start=1):
        day = f"load_date=2026-01-0{number}"
        record.write_text(record.read_text().replace(record.parent.name, day))
        for file in list(project.raw_root.glob(f"*/*/{record.stem}*")):
            folder = file.parents[1] / day
            folder.mkdir(exist_ok=True)
            file.rename(folder / file.name)
    project.dbt("run", "--select", "+loads")
    return project


def test_only_loads_that_are_read_must_be_there(loaded: Project) -> None:
    again = ("run", "--select", "+loads")
    files_1, subject_1, files_2, subject_2 = commit_records(loaded)
    subject_1.unlink()  # replaced by a newer one
    for event in (loaded.raw_root / "load_events").glob("*/*"):
        event.unlink()  # no commit record
    loaded.dbt(*again)
    with loaded.connect() as warehouse:
        assert warehouse.execute("select count(*) from loads").fetchone() == (3,)

    for path in (files_1, files_2, subject_2):  # each export of streams adds to the last
        kept = path.rename(loaded.scratch / path.name)
        assert f"{LACKS}, 1 in all, such as {path}" in loaded.dbt(*again, fails=True)
        kept.rename(path)
    loaded.dbt(*again)

    files_1.unlink()
    loaded.dbt(*again, "--vars", "forget_loads: true")
    loaded.dbt(*again)  # forgotten


def test_a_history_takes_no_step_back(loaded: Project) -> None:
    loaded.dbt("snapshot")
    files_1, _, files_2, _ = commit_records(loaded)
    as_of = ("--vars", json.dumps({"as_of": json.loads(files_1.read_text())["started_at"]}))
    back = "_history knows a load of"
    assert back in loaded.dbt("snapshot", *as_of, fails=True)
    loaded.dbt("run", "--select", "+loads", *as_of)  # now the table of loads knows only the first
    loaded.dbt("snapshot")

    files_2.unlink()  # a subject's newer load is no substitute, and to forget loads no permission
    assert back in loaded.dbt("snapshot", fails=True)
    assert back in loaded.dbt("snapshot", "--vars", "forget_loads: true", fails=True)
