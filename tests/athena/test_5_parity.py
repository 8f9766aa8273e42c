"""Step 5: the same raw files give the same tables on both engines."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from benchmarks import synthetic
from benchmarks.report import Row
from tests.python.warehouse.conftest import SAMPLE, Project
from tests.python.warehouse.test_odd_records import cases, land

from .parity import compare_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .production import Production


def sample(project: Project) -> None:
    """The real page."""
    project.extract("subjects", "love", "--from", str(SAMPLE))


def synthetic_works(project: Project) -> None:
    """100,000 works of three subjects; two share theirs, and of one there is an older load."""
    synthetic.land(project.raw_root, "love", 2_000, seed=1, number=0)
    synthetic.land(project.raw_root, "love", 90_000, seed=1, number=1)
    synthetic.land(project.raw_root, "space", 10_000, seed=2, number=2)
    synthetic.land(project.raw_root, "war", 10_000, seed=2, number=3)


def odd_records(project: Project) -> None:
    """Records of every odd shape."""
    lines = [line for line, _ in cases()]
    land(project.raw_root, lines, len(lines))


@pytest.mark.parametrize("landed", [sample, odd_records, synthetic_works], ids=lambda f: f.__name__)
def test_both_engines_hold_the_same_tables(
    landed: Callable[[Project], None], production: Production, tmp_path: Path, figures: list[Row]
) -> None:
    project = Project(tmp_path)
    landed(project)
    project.dbt("build", "--exclude-resource-type", "unit_test", "test")
    athena = production.of(landed.__name__)
    athena.land(project.raw_root)
    athena.dbt("build", "--exclude-resource-type", "unit_test", "test")
    compared = compare_all(project, athena)
    different = [one for one in compared if one]
    what = f"models that differ, {landed.__name__.replace('_', ' ')}"
    rows = sum(one.rows for one in compared)
    details = f"{len(compared)} models, {rows:,} rows"
    figures.append(Row(what, len(different), 0, "", details))
    shutil.rmtree(project.raw_root)
    assert not different, "\n".join(map(repr, different))
    assert rows > 0
