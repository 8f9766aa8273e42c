"""Step 4: the same raw files give the same tables on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.report import Row

from .parity import compare_all

if TYPE_CHECKING:
    from tests.python.warehouse.conftest import Project

    from .production import Production


def test_both_engines_hold_the_same_tables(
    both: tuple[Project, Production], figures: list[Row]
) -> None:
    compared = compare_all(*both)
    different = [one for one in compared if one]
    details = f"{len(compared)} models, {sum(one.rows for one in compared):,} rows"
    figures.append(Row("models that differ between the engines", len(different), 0, "", details))
    assert not different, "\n".join(map(repr, different))
    assert all(one.rows for one in compared)
