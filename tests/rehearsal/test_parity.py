"""The same raw files give the same tables, files and report on both engines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from benchmarks.bench import Row
from publish.metrics import ATHENA, Metrics
from tests.support.metric_cases import CASES

from .conftest import METRICS

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from .conftest import Engines, Statuses
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


def test_a_saved_query_prints_the_same(small: Engines, publishing: Future[Path]) -> None:
    project, _ = small
    ours, theirs = (
        (folder / METRICS).read_text(encoding="utf-8")
        for folder in (project.scratch, publishing.result())
    )
    assert len(ours.splitlines()) > 1_000
    assert theirs == ours


def test_metrics_are_what_athenas_marts_say(
    both: Engines, testing: Future[tuple[Statuses, Statuses]]
) -> None:
    _, athena = both
    testing.result()  # from here on nobody writes the manifest
    manifest = (athena.target / "semantic_manifest.json").read_text(encoding="utf-8")
    metrics, schema = Metrics(manifest, ATHENA), athena.environment["ATHENA_SCHEMA"]
    for case in CASES:
        expected = athena.cloud.query(case.marts, schema)
        assert expected, case
        assert athena.cloud.query(metrics.sql(case.names, case.groups), schema) == expected, case


def test_both_engines_hold_the_same_tables(
    comparing: Future[list[Comparison]], figures: list[Row]
) -> None:
    compared = comparing.result()
    different = [one for one in compared if one]
    details = f"{len(compared)} models, {sum(one.rows for one in compared):,} rows"
    figures.append(Row("models that differ between the engines", len(different), 0, "", details))
    assert not different, "\n".join(map(repr, different))
    assert all(one.rows for one in compared)
