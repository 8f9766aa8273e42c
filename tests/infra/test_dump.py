"""The project that lands dumps asks for the right one, and fails when somebody must look."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import yaml  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Plan

pytestmark = pytest.mark.xdist_group("terraform")  # one plan

# Of the programs of the command, one writes down its arguments and exits as it is told, and one
# tells the day that it is told.
PYTHON = """#!/bin/sh
echo "$*" > asked
exit $CODE
"""
DATE = """#!/bin/sh
[ "$1" = --date ] || set -- --date "$TODAY" "$@"
exec /bin/date --utc "$@"
"""

Run = Callable[..., tuple[bool, str]]
NOT_READY = 9  # the loader's code for a dump that is not published


@pytest.fixture
def run(plan: Plan, tmp_path: Path) -> Run:
    """Run what CodeBuild runs; give whether it succeeds and what the loader was asked for."""
    project = plan.resources['aws_codebuild_project.dump["dump"]']
    (command,) = yaml.safe_load(project["source"][0]["buildspec"])["phases"]["build"]["commands"]
    for name, program in ((".venv/bin/python", PYTHON), ("bin/date", DATE)):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(program)
        file.chmod(0o755)

    def run(today: str, code: int = 0, **variables: str) -> tuple[bool, str]:
        environment = {"PATH": f"{tmp_path / 'bin'}:/bin:/usr/bin", "TODAY": today}
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=tmp_path,
            env=environment | {"CODE": str(code)} | variables,
            check=False,
        )
        return done.returncode == 0, (tmp_path / "asked").read_text().strip()

    return run


@pytest.mark.parametrize(
    ("today", "month_end"),
    [
        ("2026-10-04", "2026-09-30"),
        ("2026-10-25", "2026-09-30"),
        ("2027-01-04", "2026-12-31"),
        ("2027-03-08", "2027-02-28"),
        ("2028-03-09", "2028-02-29"),
        ("2026-10-31", "2026-09-30"),
    ],
)
def test_it_asks_for_the_last_day_of_the_month_before(run: Run, today: str, month_end: str) -> None:
    assert run(today) == (True, f"-m extract dump {month_end}")


def test_who_starts_it_may_say_which_and_how(run: Run) -> None:
    asked = "2026-08-31 --allow-shrink"
    assert run("2026-10-04", DUMP=asked) == (True, f"-m extract dump {asked}")


@pytest.mark.parametrize("today", ["2026-10-04", "2026-10-08", "2026-10-09", "2026-10-19"])
def test_a_dump_that_is_not_there_yet_is_no_failure(run: Run, today: str) -> None:
    assert run(today, NOT_READY)[0]


@pytest.mark.parametrize("today", ["2026-10-20", "2026-10-25"])
def test_a_dump_that_is_overdue_is_one(run: Run, today: str) -> None:
    assert not run(today, NOT_READY)[0]


@pytest.mark.parametrize("code", [1, 2, 3, 4, 6, 8, 130])
def test_any_other_failure_is_one_on_any_day(run: Run, code: int) -> None:
    assert not run("2026-10-04", code)[0]
