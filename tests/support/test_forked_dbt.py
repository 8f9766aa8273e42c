"""A program that is forked does what the command line does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.forked_dbt import is_parsed
from tests.support.project import ROOT, Project


@pytest.mark.parametrize(
    "args",
    [
        ("build", "--target", "prod"),
        ("build", "--target=prod"),
        ("build", "-t", "prod"),
        ("build", "-tprod"),
        ("build", "--vars", "a: 1"),
        ("build", "--vars=a: 1"),
        ("build", "--project-dir", "x"),
        ("build", "--project-dir=x"),
        ("build", "--profiles-dir=x"),
        ("build", "--profile=x"),
    ],
)
def test_what_parses_otherwise_is_parsed_by_the_run(args: tuple[str, ...]) -> None:
    assert not is_parsed(args, ROOT)


def test_the_project_for_duckdb_is_parsed_beforehand_and_no_other() -> None:
    args = ("build", "--target", "dev", "--select", "books")
    assert is_parsed(args, ROOT)
    assert not is_parsed(args, Path("/"))


@pytest.mark.needs_dbt
@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("build", "--no-such-option"), "No such option"),
        (("build", "--selector", "no_such"), "Could not find selector"),
        (("run-operation", "no_such"), "could not find a macro"),
    ],
)
def test_an_error_is_printed_as_on_the_command_line(
    args: tuple[str, ...], text: str, tmp_path: Path
) -> None:
    assert text in Project(tmp_path).dbt(*args, fails=True)
