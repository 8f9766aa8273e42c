"""One cloud for all tests: Trino takes 20 seconds to start."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from benchmarks import synthetic
from benchmarks.report import Row, table
from tests.python.warehouse.conftest import ROOT, SAMPLE, Project
from tests.python.warehouse.test_odd_records import DAY, LOAD_ID, cases, land

from .cloud import Cloud
from .production import deploy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.conftest import Terraform

    from .production import Production

FIGURES: list[Row] = []

DEAD_LETTER = {
    "load_id": LOAD_ID,
    "dataset": "subject_works",
    "subject": "odd",
    "offset": 7,
    "limit": 1,
    "url": "https://openlibrary.org/subjects/odd.json?limit=1&offset=7",
    "status": 500,
    "error": "Internal Server Error",
    "attempts": 6,
    "failed_at": "2026-11-21T08:00:02.000000Z",
    "extract_version": "0.1.0",
}


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def cloud(running_cloud: Cloud) -> Iterator[Cloud]:
    """Good weather, at the start and at the end."""
    running_cloud.faults.clear()
    yield running_cloud
    running_cloud.faults.clear()


@pytest.fixture
def figures() -> list[Row]:
    """What was measured: printed at the end."""
    return FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    if FIGURES:
        terminalreporter.section("figures")
        terminalreporter.write_line(table(FIGURES))


@pytest.fixture(scope="session")
def packages() -> subprocess.Popen[bytes]:
    """What AWS runs, on its way to build/ while the cloud starts."""
    return subprocess.Popen([sys.executable, "scripts/build_packages.py"], cwd=ROOT)


@pytest.fixture(scope="session")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[Project]]:
    """Raw files and what DuckDB makes of them, on their way while Terraform waits for AWS.

    They hold the real page; records of every odd shape; 100,000 synthetic works of three subjects,
    of which two share theirs and one has an older load; and a dead letter.
    """
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(_build_on_duckdb, Project(tmp_path_factory.mktemp("duckdb")))


def _build_on_duckdb(project: Project) -> Project:
    project.extract("subjects", "love", "--from", str(SAMPLE))
    odd = [line for line, _ in cases()]
    land(project.raw_root, odd, len(odd))
    synthetic.land(project.raw_root, "war", 2_000, seed=1, number=0)
    synthetic.land(project.raw_root, "war", 90_000, seed=1, number=1)
    synthetic.land(project.raw_root, "space", 10_000, seed=2, number=2)
    synthetic.land(project.raw_root, "time", 10_000, seed=2, number=3)
    dead_letters = project.raw_root / "dead_letters" / DAY
    dead_letters.mkdir(parents=True)
    (dead_letters / f"{LOAD_ID}-000000007-aaaaaaaaaaaa.jsonl").write_text(
        json.dumps(DEAD_LETTER) + "\n"
    )
    project.dbt("build", "--exclude-resource-type", "unit_test", "test")
    return project


@pytest.fixture(scope="session")
def deployed(
    packages: subprocess.Popen[bytes],
    running_cloud: Cloud,
    on_duckdb: Future[Project],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Terraform, Production]:
    """Production, made by Terraform, with nothing in it; and the Terraform that made it."""
    assert packages.wait() == 0
    return deploy(running_cloud, tmp_path_factory.mktemp("production"))


@pytest.fixture(scope="session")
def production(deployed: tuple[Terraform, Production]) -> Production:
    return deployed[1]


@pytest.fixture(scope="session")
def both(on_duckdb: Future[Project], production: Production) -> tuple[Project, Production]:
    """The same raw files, built on both engines."""
    project, athena = on_duckdb.result(), production.of("both")
    athena.land(project.raw_root)
    athena.dbt("build", "--exclude-resource-type", "unit_test", "test")
    return project, athena
