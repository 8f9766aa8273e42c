"""A test says what it needs, and stands on its own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.support.packages import build
from tests.support.postgresql_server import postgresql
from tests.support.project import ROOT, Project
from tests.support.terraform import Terraform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = sorted((ROOT / "tests").rglob("*.py"))


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported(text: str, name: str) -> set[str]:
    """What a module of this name and text imports, or names in an import, by full names."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".")[: -node.level] if node.level else []
            source = ".".join([*package, *([node.module] if node.module else [])])
            found |= {source, *(f"{source}.{alias.name}" for alias in node.names)}
    return found


def test_no_module_imports_a_test_module() -> None:
    tests = {module(path) for path in FILES if path.name.startswith("test_")}
    assert "tests.support.test_needs" in tests
    for path in FILES:
        assert imported(path.read_text(encoding="utf-8"), module(path)) & tests == set(), path


@pytest.mark.parametrize(
    "text",
    [
        "from .test_a import x",
        "from . import test_a",
        "import tests.b.test_a",
        "from ..b.test_a import x",
    ],
)
def test_every_kind_of_import_is_seen(text: str) -> None:
    assert "tests.b.test_a" in imported(text, "tests.b.test_c")


@pytest.mark.parametrize(
    ("marker", "start"),
    [
        ("needs_dbt", lambda folder: Project(folder).dbt("--version")),
        ("needs_dbt", lambda folder: Project(folder).publish("--help")),
        ("needs_dbt", lambda folder: Project(folder).script("answers.py", "dev")),
        ("needs_postgresql", lambda _: postgresql().__enter__()),
        ("needs_terraform", lambda folder: Terraform("no", folder, {}).run("", "version")),
        ("needs_downloads", lambda folder: build(folder, folder)),
    ],
)
def test_a_test_without_the_marker_cannot_start_it(
    marker: str, start: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises(AssertionError, match=f"needs the marker @pytest.mark.{marker}"):
        start(tmp_path)
