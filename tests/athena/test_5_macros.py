"""Step 5: every dialect macro on a table of inputs, on Athena as on DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.python.warehouse.test_macros import CASES, results_of

if TYPE_CHECKING:
    from .production import Production


def test_macros(production: Production) -> None:
    results = results_of(production.dbt)
    wrong = [
        (call, given, expected, result)
        for (call, given, expected), result in zip(CASES, results, strict=True)
        if result != expected
    ]
    assert wrong == []
