"""Step 3: dbt builds production, again, and after more loads, as it does day by day."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from benchmarks import synthetic
from benchmarks.report import Row
from tests.python.warehouse.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .production import Production
    from .service import Execution

MARTS = ("authors", "author_books", "books", "books_per_author_per_year", "books_per_year")
PAST_LOADS = 100
HISTORY_BOUND = 1.2  # bytes that a build scans after them against without
MINIMUM = 10_000_000  # bytes: Athena bills no query less
PRICE = 5e-12  # US dollars a byte


@pytest.fixture(scope="module")
def daily(production: Production) -> Production:
    """The environment of these tests."""
    return production.of("daily")


def test_days_go_by(daily: Production, tmp_path: Path, figures: list[Row]) -> None:
    # the first day: everything is built and tested
    land(daily, tmp_path / "first", 2_000, [PAST_LOADS])
    output, statements = build(daily)
    summary = re.search(r"PASS=(\d+) WARN=(\d+) ERROR=(\d+) SKIP=(\d+)", output)
    assert summary
    green, *others = map(int, summary.groups())
    assert others == [0, 0, 0], output
    assert "[WARNING]" not in output, output
    figures.append(Row("nodes not green on Athena", sum(others), 0, "", f"{green} green"))
    built = {mart: daily.rows(mart) for mart in MARTS}
    assert len(built["books"]) == 2_000

    # loads of the past give the same tables, and are not read
    land(daily, tmp_path / "past", 2_000, range(PAST_LOADS))
    _, again = build(daily, "--exclude-resource-type", "unit_test")
    assert {mart: daily.rows(mart) for mart in MARTS} == built
    first, last = (sum(one.bytes_scanned for one in each) for each in (statements, again))
    what = f"bytes scanned by a build, after {PAST_LOADS} past loads against none"
    details = f"{last:,} of {first:,} bytes"
    figures.append(Row(what, last / first, HISTORY_BOUND, "x", details))
    assert figures[-1].is_met
    the_runbook_knows_what_it_costs(again, figures)

    # a newer load replaces the older one
    land(daily, tmp_path / "newer", 1_500, [PAST_LOADS + 1])
    daily.dbt("run", "--select", "+books")
    assert len(daily.rows("books")) == 1_500

    # what is asked of a warehouse besides
    assert "PASS freshness" in daily.dbt("--no-use-colors", "source", "freshness")
    daily.dbt("docs", "generate")
    catalog = json.loads((daily.target / "catalog.json").read_text())
    assert {node["metadata"]["name"] for node in catalog["nodes"].values()} >= set(MARTS)


def land(daily: Production, raw_root: Path, works: int, numbers: Iterable[int]) -> None:
    for number in numbers:
        synthetic.land(raw_root, "love", works, number=number)
    daily.land(raw_root)


def build(daily: Production, *args: str) -> tuple[str, list[Execution]]:
    """Build; give what dbt printed, and the statements but for those of unit tests."""
    before = len(daily.cloud.statements)
    output = daily.dbt("--no-use-colors", "build", *args)
    statements = daily.cloud.statements[before:]
    return output, [one for one in statements if not one.node_id.startswith("unit_test.")]


def the_runbook_knows_what_it_costs(statements: list[Execution], figures: list[Row]) -> None:
    billed = [one for one in statements if one.statement.type == "DML"]
    text = (ROOT / "docs/runbooks/deploy.md").read_text(encoding="utf-8")
    told = re.search(r"^- statements per build: (\d+)", text, re.MULTILINE)
    assert told
    price = sum(max(MINIMUM, one.bytes_scanned) for one in billed) * PRICE
    details = f"{price:.4f} US dollars at the least"
    figures.append(Row("statements billed in a build", len(billed), int(told[1]), "", details))
    assert len(billed) == int(told[1])
