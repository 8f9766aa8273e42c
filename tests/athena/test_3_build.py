"""Step 3: dbt builds production, again, and after a second load, as it does day by day."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest

from benchmarks.report import Row
from tests.python.warehouse.conftest import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from .production import Production

MARTS = ("authors", "author_books", "books", "books_per_author_per_year", "books_per_year")


@pytest.fixture(scope="module")
def daily(production: Production) -> Production:
    """The environment of these tests, with the sample landed."""
    daily = production.of("daily")
    daily.extract("subjects", "love", "--from", str(SAMPLE))
    return daily


def test_days_go_by(daily: Production, tmp_path: Path, figures: list[Row]) -> None:
    # the first day: everything is built and tested
    output = daily.dbt("--no-use-colors", "build")
    summary = re.search(r"PASS=(\d+) WARN=(\d+) ERROR=(\d+) SKIP=(\d+)", output)
    assert summary
    green, *others = map(int, summary.groups())
    assert others == [0, 0, 0], output
    assert "[WARNING]" not in output, output
    figures.append(Row("nodes not green on Athena", sum(others), 0, "", f"{green} green"))
    built = {mart: daily.rows(mart) for mart in MARTS}
    assert len(built["books"]) == 1000

    # the same files give the same tables
    daily.dbt("run")
    assert {mart: daily.rows(mart) for mart in MARTS} == built

    # a newer load replaces the older one; one work has a new title and one is gone
    page = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    gone, changed, *_ = page["works"]
    changed["title"] = "Changed since"
    page["works"].remove(gone)
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps(page))
    daily.extract("subjects", "love", "--from", str(newer))
    daily.dbt("run")
    books: dict[str, str] = dict(daily.rows("books", "book_key, title"))
    assert len(books) == 999
    assert books[changed["key"]] == "Changed since"
    assert gone["key"] not in books

    # what is asked of a warehouse besides
    assert "PASS freshness" in daily.dbt("--no-use-colors", "source", "freshness")
    daily.dbt("docs", "generate")
    catalog = json.loads((daily.target / "catalog.json").read_text())
    assert {node["metadata"]["name"] for node in catalog["nodes"].values()} >= set(MARTS)
