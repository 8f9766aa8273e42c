"""Each dialect macro on a table of inputs."""

from pathlib import Path

import pytest

from tests.support.macro_cases import CASES, results_of
from tests.support.project import ROOT, Project

pytestmark = pytest.mark.xdist_group("macros")  # share one build


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[str | None]:
    return results_of(Project(tmp_path_factory.mktemp("macros")).dbt)


@pytest.mark.parametrize("place", range(len(CASES)), ids=lambda place: CASES[place][0][:30])
def test_macro(place: int, results: list[str | None]) -> None:
    call, given, expected = CASES[place]
    assert results[place] == expected, (call, given)


def test_a_column_that_a_unit_test_misspells_is_named(tmp_path: Path) -> None:
    rows = (
        "typed_rows([{'subjet': 'love'}], adapter.get_columns_in_relation(ref('tracked_subjects')))"
    )
    project = Project(tmp_path)
    project.dbt("seed")
    printed = project.dbt("show", "--inline", "{{ " + rows + " }}", fails=True)
    assert "inline_query has no column subjet, only subject" in printed


def test_every_dispatched_macro_is_here() -> None:
    macros = list((ROOT / "macros").rglob("*.sql"))
    dispatched = {path.stem for path in macros if "duckdb__" in path.read_text()}
    seen_in_every_build = {
        "build_missing",
        "columns_of_table",
        "create_raw_views",
        "distinct_row_count",
        "not_materialized",
        "raw_table",
        "unnested",
    }
    assert seen_in_every_build < dispatched
    tried = {name for name in dispatched if any(f"{name}(" in call for call, _, _ in CASES)}
    assert dispatched - seen_in_every_build == tried
