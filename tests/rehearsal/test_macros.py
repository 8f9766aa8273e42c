"""Every dialect macro on its table of inputs, and every test: Athena agrees with DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.bench import Row
from tests.support.macro_cases import CASES

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .conftest import Statuses


def test_macros(asking_macros: Future[list[str | None]]) -> None:
    results = asking_macros.result()
    wrong = [
        (call, given, expected, result)
        for (call, given, expected), result in zip(CASES, results, strict=True)
        if result != expected
    ]
    assert wrong == []


def test_unit_tests(testing: Future[tuple[Statuses, Statuses]], figures: list[Row]) -> None:
    _, athena = testing.result()
    ended = [status for name, status in athena.items() if name.startswith("unit_test.")]
    others = [status for status in ended if status != "pass"]
    details = f"{len(ended) - len(others)} green"
    figures.append(Row("unit tests not green on Athena", len(others), 0, "", details))
    assert ended
    assert others == []


def test_data_tests_say_the_same(
    testing: Future[tuple[Statuses, Statuses]], figures: list[Row]
) -> None:
    duckdb, athena = (
        {name: status for name, status in each.items() if name.startswith("test.")}
        for each in testing.result()
    )
    differing = {
        name for name in duckdb.keys() | athena.keys() if duckdb.get(name) != athena.get(name)
    }
    details = f"{len(athena)} data tests, of tables that are full"
    figures.append(
        Row("data tests that differ between the engines", len(differing), 0, "", details)
    )
    assert differing == set()
    # streams of users that the odd file lacks
    warned = {name.split(".")[2] for name, status in athena.items() if status != "pass"}
    assert warned == {"relationships_streams_user_key__user_key__ref_users_"}
