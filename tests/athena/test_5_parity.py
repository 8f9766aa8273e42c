"""Step 5: the same raw files give the same tables on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.report import Row
from tests.python.warehouse.conftest import SAMPLE, Project
from tests.python.warehouse.test_odd_records import cases, land

from .parity import build_both, compare_all

if TYPE_CHECKING:
    from pathlib import Path

    from .production import Production


def test_the_real_page(production: Production, tmp_path: Path, figures: list[Row]) -> None:
    project, athena = Project(tmp_path), production.of("sample")
    project.extract("subjects", "love", "--from", str(SAMPLE))
    build_both(project, athena)
    compare("the real page", project, athena, figures)


def test_records_of_every_odd_shape(
    production: Production, tmp_path: Path, figures: list[Row]
) -> None:
    project, athena = Project(tmp_path), production.of("odd_records")
    lines = [line for line, _ in cases()]
    land(project.raw_root, lines, len(lines))
    build_both(project, athena)
    compare("odd records", project, athena, figures)


def test_synthetic_works(synthetic_works: tuple[Project, Production], figures: list[Row]) -> None:
    compare("100,000 synthetic works", *synthetic_works, figures)


def compare(what: str, project: Project, athena: Production, figures: list[Row]) -> None:
    compared = compare_all(project, athena)
    different = [one for one in compared if one]
    rows = sum(one.rows for one in compared)
    details = f"{len(compared)} models, {rows:,} rows"
    figures.append(Row(f"models that differ, {what}", len(different), 0, "", details))
    assert not different, "\n".join(map(repr, different))
    assert rows > 0
