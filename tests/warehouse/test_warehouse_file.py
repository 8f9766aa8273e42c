"""A warehouse that cannot be opened, and a build that is interrupted, are said in one line."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import forked_dbt, needs
from tests.support.project import ROOT, Project

ELSEWHERE = ", or set WAREHOUSE_PATH to another file (docs/runbooks/build.md)"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("none/warehouse.duckdb", "No such file or directory: create the folder"),
        ("file/warehouse.duckdb", "Not a directory: repair it"),
        ("file", "it is not a valid DuckDB database file!: repair it"),
    ],
)
def test_a_warehouse_that_cannot_be_opened(path: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a warehouse")
    environment = (
        os.environ | Project(tmp_path).environment | {"WAREHOUSE_PATH": str(tmp_path / path)}
    )
    said = forked_dbt.run(["seed"], ROOT, environment, fails=True)
    assert f"{tmp_path / path}" in said
    assert why + ELSEWHERE in said
    assert "Traceback" not in said


@pytest.mark.parametrize("limit", ["much", "4", "200%"])
def test_a_limit_of_memory_that_cannot_be(limit: str, tmp_path: Path) -> None:
    environment = os.environ | Project(tmp_path).environment | {"DUCKDB_MEMORY_LIMIT": limit}
    said = forked_dbt.run(["seed"], ROOT, environment, fails=True)
    assert f"DUCKDB_MEMORY_LIMIT is {limit}: set it to an amount, as 4GB, or to a share" in said
    assert "Traceback" not in said


def test_another_process_holds_the_warehouse(tmp_path: Path) -> None:
    project = Project(tmp_path)
    with project.connect():
        said = project.dbt("seed", fails=True)
    assert "Conflicting lock is held in " in said
    assert ": wait until that process ends" + ELSEWHERE in said
    assert "Traceback" not in said
    project.dbt("seed")


def test_an_interrupted_build_says_what_it_leaves(tmp_path: Path) -> None:
    needs.require("needs_dbt")
    project = Project(tmp_path)
    with subprocess.Popen(
        (sys.executable, "scripts/build.py", "--target", "dev"),
        cwd=ROOT,
        env=os.environ | project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        deadline = time.monotonic() + 120
        while not project.warehouse.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate()
    assert process.returncode == 130, said
    (line,) = (line for line in said.splitlines() if " of " not in line)
    assert line.startswith("build: interrupted. No table is half written")
    project.dbt("seed")
