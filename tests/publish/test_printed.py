"""What is printed fits a narrow output of any encoding, and ends no command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.project import ROOT, Project

if TYPE_CHECKING:
    from pathlib import Path

AUTHOR = "[red]" + "文学" * 15 + "é" * 60


def printed(environment: dict[str, str], *command: str) -> bytes:
    """Run a Python program and give what it printed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_is_printed_in_any_encoding() -> None:
    shown = printed({"PYTHONIOENCODING": "latin-1"}, "-m", "publish", "export", "--help")
    assert b"PGPASSWORD=\\u2026 .venv/bin/python -m publish export" in shown


@pytest.fixture
def odd(copied: Project) -> Project:
    """The samples, with an author whose name is long and foreign to many encodings."""
    with copied.connect() as warehouse:
        warehouse.execute(
            "update main.books_per_author_per_year set author_name = ?, book_count = 1234567"
            " where author_name = (select min(author_name) from main.books_per_author_per_year)",
            [AUTHOR],
        )
    return copied


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("columns", [60, 80])
def test_the_summary_of_the_demo_is_not_cut(odd: Project, encoding: str, columns: int) -> None:
    environment = odd.environment | {"PYTHONIOENCODING": encoding, "COLUMNS": str(columns)}
    shown = printed(environment, "-m", "scripts.demo_summary").decode(encoding)
    tables, _, warehouse = shown.rpartition("The warehouse is ")
    assert warehouse.strip() == str(odd.warehouse)
    assert "…" not in tables
    assert "\\u2026" not in tables
    assert "1,234,567" in tables
    with odd.connect(read_only=True) as connection:
        marts = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'main'"
        ).fetchall()
    assert set(re.findall(r"\w+", tables)) >= {name for (name,) in marts}
    if encoding == "utf-8":
        assert "[red]" in tables
        assert (tables.count("文"), tables.count("é")) == (15, 60)


def test_answers_are_printed_in_any_encoding(tmp_path: Path) -> None:
    program = (
        "import sys, answers, types\n"
        "sys.argv.append('dev')\n"
        "of = {'name': 'answer_1_a', 'description': 'What is 文学?', 'original_file_path': 'x'}\n"
        "node = types.SimpleNamespace(**of)\n"
        "result = types.SimpleNamespace(node=node, agate_table=None)\n"
        "shown = answers.RunExecutionResult([result], 0)\n"
        "invoked = types.SimpleNamespace(result=shown, success=True)\n"
        "answers.dbtRunner.invoke = lambda *_: invoked\n"
        "answers.main()\n"
    )
    environment = {"PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(ROOT / "scripts")}
    assert printed(environment, "-c", program).startswith(b"## 1. What is \\u6587\\u5b66?")
