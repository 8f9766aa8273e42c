"""One cloud for all tests: Trino takes 20 seconds to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import synthetic
from benchmarks.report import Row, table
from tests.python.warehouse.conftest import Project

from .cloud import Cloud
from .parity import build_both
from .production import deploy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.conftest import Terraform

    from .production import Production

FIGURES: list[Row] = []


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
def deployed(
    running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Terraform, Production]:
    """Production, made by Terraform, with nothing in it; and the Terraform that made it."""
    return deploy(running_cloud, tmp_path_factory.mktemp("production"))


@pytest.fixture(scope="session")
def production(deployed: tuple[Terraform, Production]) -> Production:
    return deployed[1]


@pytest.fixture(scope="session")
def synthetic_works(
    production: Production, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Project, Production]:
    """100,000 works of three subjects; two share theirs, and of one there is an older load."""
    project = Project(tmp_path_factory.mktemp("synthetic"))
    synthetic.land(project.raw_root, "love", 2_000, seed=1, number=0)
    synthetic.land(project.raw_root, "love", 90_000, seed=1, number=1)
    synthetic.land(project.raw_root, "space", 10_000, seed=2, number=2)
    synthetic.land(project.raw_root, "war", 10_000, seed=2, number=3)
    athena = production.of("synthetic")
    build_both(project, athena)
    return project, athena
