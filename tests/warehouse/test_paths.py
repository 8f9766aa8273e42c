"""The loader, dbt and publish mean the same place by a path, or refuse it in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.support import forked_dbt
from tests.support.project import NO_FILES, ROOT, SAMPLE, Project

if TYPE_CHECKING:
    from pathlib import Path


def load_and_build(home: Path, raw_root: str, warehouse: str, where: Path) -> None:
    """Land the sample from another folder than the project, and build the loads from it."""
    environment = os.environ | Project(where).environment | NO_FILES
    environment |= {"HOME": str(home), "RAW_ROOT": raw_root, "WAREHOUSE_PATH": warehouse}
    subprocess.run(
        [sys.executable, "-m", "extract", "subjects", "love", "--from", str(SAMPLE)],
        cwd=where,
        env=environment | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    forked_dbt.run(["run", "--select", "stg_extract__loads"], ROOT, environment)


def loads_in(warehouse: Path) -> int:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute("select count(*) from main_staging.stg_extract__loads")
        return int(found.fetchall()[0][0])


def test_a_tilde_is_the_home_folder_for_all(tmp_path: Path) -> None:
    home, where = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    where.mkdir()
    load_and_build(home, "~/raw [1]", "~/warehouse.duckdb", where)
    assert (home / "raw [1]" / "loads").is_dir()
    assert loads_in(home / "warehouse.duckdb") == 1


def test_a_relative_path_begins_in_the_project_for_all(tmp_path: Path) -> None:
    where = tmp_path / "work"
    where.mkdir()
    relative = os.path.relpath(tmp_path, ROOT)
    load_and_build(tmp_path, f"{relative}/raw", f"{relative}/warehouse.duckdb", where)
    assert (tmp_path / "raw" / "loads").is_dir()
    assert loads_in(tmp_path / "warehouse.duckdb") == 1


@pytest.mark.parametrize("root", ["a?b", "a#b", "a\\b", "line=1/raw", "gs://bucket/raw"])
def test_a_raw_zone_that_duckdb_would_misread_is_refused(tmp_path: Path, root: str) -> None:
    environment = os.environ | Project(tmp_path).environment | NO_FILES
    environment["RAW_ROOT"] = root if "://" in root else f"{tmp_path}/{root}"
    said = forked_dbt.run(["run", "-s", "stg_extract__loads"], ROOT, environment, fails=True)
    assert "RAW_ROOT " in said
    assert ": write another path" in said
    with Project(tmp_path).connect(read_only=True) as connection:
        assert connection.execute("from duckdb_views() where not internal").fetchall() == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("main.duckdb", "names the file main, which is the name of a schema"),
        ("Raw.duckdb", "names the file Raw, which is the name of a schema"),
        ("temp.duckdb", "names the file temp, which is the name of a schema"),
        ("a?b/warehouse.duckdb", "contains ?"),
        ("it's.duckdb", "has a quotation mark"),
    ],
)
def test_a_warehouse_that_cannot_be_named_is_refused(tmp_path: Path, name: str, why: str) -> None:
    environment = os.environ | Project(tmp_path).environment | NO_FILES
    environment["WAREHOUSE_PATH"] = str(tmp_path / name)
    build = ["build", "--vars", "{}"]  # parsed again, as dbt does if the profile changes
    said = forked_dbt.run(build, ROOT, environment, fails=True)
    assert f"WAREHOUSE_PATH {why}" in said
    assert not list(tmp_path.glob("**/*.duckdb")), "refused before anything is made"


def test_a_warehouse_may_have_any_other_name(tmp_path: Path) -> None:
    environment = os.environ | Project(tmp_path).environment | NO_FILES
    environment["WAREHOUSE_PATH"] = str(tmp_path / "my books, 2026 (new).db")
    forked_dbt.run(["run", "-s", "stg_extract__loads", "--vars", "{}"], ROOT, environment)
    assert loads_in(tmp_path / "my books, 2026 (new).db") == 0
