"""The rehearsal can fail: what differs between the engines is caught.

Wrong policies are caught by tests/infra/test_policies.py and test_permissions.py, a raw table
that Terraform lacks by tests/infra/test_project.py; each of them shows that it can fail.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.macro_cases import CASES, results_of
from tests.support.odd_records import cases, land
from tests.support.project import ROOT, Project

from .parity import Comparison, compare_all

if TYPE_CHECKING:
    from pathlib import Path

    from .production import Production

DUCKDB_ONLY = {
    "cast_by_colons": "select '1'::integer as n",
    "qualify": "select n from (select 1 as n) as t qualify row_number() over (order by n) = 1",
    "group_by_all": "select n, count(*) as c from (values (1), (2)) as t (n) group by all",
    "integers_divided": "select 1 / (7 / 2 - 3) as n",
}
# a half is rounded here; everywhere else it is not an integer
ROUNDS = """
{% macro json_integer(json) -%}
    {{ return(adapter.dispatch('json_integer', 'book_analytics')(json)) }}
{%- endmacro %}
{% macro athena__json_integer(json) -%}
    try_cast(round(try_cast({{ json }} as double)) as bigint)
{%- endmacro %}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The part of the project that a test breaks, and nothing else, because dbt reads it all."""
    copied = tmp_path / "copy"
    for folder in ("macros", "models/staging/open_library", "profiles"):
        shutil.copytree(ROOT / folder, copied / folder)
    for file in ("dbt_project.yml", "models/_docs.md"):
        shutil.copy(ROOT / file, copied / file)
    return copied


def of(copy: Path) -> tuple[str, ...]:
    return ("--project-dir", str(copy), "--profiles-dir", str(copy / "profiles"))


def test_sql_that_only_duckdb_takes_fails(
    copy: Path, production: Production, tmp_path: Path
) -> None:
    (copy / "models" / "intermediate").mkdir()  # where models are tables
    for name, sql in DUCKDB_ONLY.items():
        (copy / "models" / "intermediate" / f"{name}.sql").write_text(sql)
    chosen = ("build", "--select", *DUCKDB_ONLY, *of(copy))
    Project(tmp_path).dbt(*chosen)
    printed = production.of("duckdb_only").dbt("--no-use-colors", *chosen, fails=True)
    assert f" ERROR={len(DUCKDB_ONLY)} " in printed


def test_a_macro_that_differs_between_the_engines_is_caught(
    copy: Path, production: Production, tmp_path: Path
) -> None:
    macro = copy / "macros" / "json" / "json_integer.sql"
    sound = macro.read_text()
    macro.write_text(ROUNDS + sound.replace(" json_", " duckdb__json_", 1))
    project, athena = Project(tmp_path), production.of("rounds")
    numbers = [case for case in CASES if case[0].startswith(("json_integer", "json_number"))]
    expected = [result for _, _, result in numbers]
    assert results_of(lambda *args: project.dbt(*args, *of(copy)), numbers) == expected
    results = results_of(lambda *args: athena.dbt(*args, *of(copy)), numbers)
    wrong = {
        case: result for case, result in zip(numbers, results, strict=True) if result != case[2]
    }
    assert wrong[("json_integer('x')", "1.5", None)] == "2"
    assert all(call == "json_integer('x')" for call, _, _ in wrong)

    lines = [line for line, _ in cases()]
    land(project.raw_root, lines, len(lines))
    athena.land(project.raw_root)
    model = "stg_open_library__subject_works"
    for dbt in (project.dbt, athena.dbt):
        dbt("run", "--select", model, "--write-json", *of(copy))
    (compared,) = compare_all(project, athena, model)
    assert compared.only_athena

    macro.write_text(sound)
    for dbt in (project.dbt, athena.dbt):
        dbt("run", "--select", model, "--write-json", *of(copy))
    assert compare_all(project, athena, model) == [Comparison(model, compared.rows)]
