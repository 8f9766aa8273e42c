"""The same raw files give the same tables, files and report on both engines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from benchmarks.bench import Row

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from .conftest import Engines
    from .parity import Comparison


def test_what_is_exported_has_the_same_bytes(small: Engines, publishing: Future[Path]) -> None:
    project, athena = small
    exported = publishing.result() / "export"
    names = sorted(path.name for path in project.exported.iterdir())
    assert "author_books.csv" in names
    assert sorted(path.name for path in exported.iterdir()) == names
    # It says in which file a record is, and a file is elsewhere for each engine.
    names.remove("rejected_records.parquet")
    # It says when and from where it was exported, and has the hashes of the others.
    names.remove("manifest.json")
    manifests = [
        json.loads((folder / "manifest.json").read_bytes())
        for folder in (project.exported, exported)
    ]
    for part in ("version", "loads", "tables", "left_out"):
        assert manifests[0][part] == manifests[1][part]
    roots = f"{project.raw_root}/".encode(), f"{athena.raw_root.rstrip('/')}/".encode()
    different = [
        name
        for name in names
        if (project.exported / name).read_bytes().replace(*roots) != (exported / name).read_bytes()
    ]
    assert different == []


def test_the_report_says_the_same(small: Engines, publishing: Future[Path]) -> None:
    """All but the queries that it shows, which are of the engine that was asked."""
    project, _ = small
    page = publishing.result() / "report.html"
    ours, theirs = (
        re.sub(r"<pre .*?</pre>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for path in (project.report, page)
    )
    assert "<pre" in page.read_text(encoding="utf-8")
    assert theirs == ours


def test_both_engines_hold_the_same_tables(
    comparing: Future[list[Comparison]], figures: list[Row]
) -> None:
    compared = comparing.result()
    different = [one for one in compared if one]
    details = f"{len(compared)} models, {sum(one.rows for one in compared):,} rows"
    figures.append(Row("models that differ between the engines", len(different), 0, "", details))
    assert not different, "\n".join(map(repr, different))
    assert all(one.rows for one in compared)
