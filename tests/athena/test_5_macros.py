"""Step 5: every dialect macro on a table of inputs, and every unit test, on Athena as on DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.report import Row
from tests.python.warehouse.test_macros import CASES, results_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .production import Production


def test_macros(production: Production) -> None:
    results = results_of(production.dbt)
    wrong = [
        (call, given, expected, result)
        for (call, given, expected), result in zip(CASES, results, strict=True)
        if result != expected
    ]
    assert wrong == []


def test_unit_tests(unit_testing: Future[dict[str, str]], figures: list[Row]) -> None:
    statuses = unit_testing.result().items()
    ended = [status for name, status in statuses if name.startswith("unit_test.")]
    others = [status for status in ended if status != "pass"]
    details = f"{len(ended) - len(others)} green"
    figures.append(Row("unit tests not green on Athena", len(others), 0, "", details))
    assert ended
    assert others == []
