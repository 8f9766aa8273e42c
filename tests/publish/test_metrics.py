"""`python -m publish metrics`: each metric gives the rows of the marts, in the same order."""

from __future__ import annotations

import csv
import json
import os
import sys
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from publish.cli import until_unread
from publish.metrics import ATHENA, DUCKDB, Metrics, cells
from tests.support.metric_cases import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from tests.support.project import Project

pytestmark = pytest.mark.xdist_group("metrics")  # share one warehouse


@pytest.fixture(scope="module")
def semantic_manifest(shop: Project) -> str:
    return (shop.target / "semantic_manifest.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def asked(semantic_manifest: str) -> Metrics:
    return Metrics(semantic_manifest, DUCKDB)


@pytest.fixture(scope="module")
def warehouse(
    shop: Project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The shop's, with an author without a name, and a book that is perhaps sold."""
    copy = shop.copy(tmp_path_factory.mktemp("metrics"))
    with copy.connect() as connection:
        for mart in ("authors", "books_per_author_per_year", "average_books_per_author"):
            connection.execute(
                f"update {mart} set author_name = null where author_key = "  # noqa: S608
                "(select min(author_key) from average_books_per_author)"
            )
        connection.execute(
            "update wanted_books set is_perhaps_sold = true where book_key = "
            "(select min(book_key) from wanted_books where not is_sold)"
        )
        yield connection


def is_right(case: Case, asked: Metrics, warehouse: duckdb.DuckDBPyConnection) -> bool:
    """Whether a case's metrics are what the marts say, to the row."""
    found = warehouse.execute(asked.sql(case.names, case.groups)).fetchall()
    expected = warehouse.execute(case.marts).fetchall()
    assert expected
    return [tuple(cells(row)) for row in found] == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join([*case.names, *case.groups]))
def test_metrics_are_what_the_marts_say(
    case: Case, asked: Metrics, warehouse: duckdb.DuckDBPyConnection
) -> None:
    assert is_right(case, asked, warehouse)


def test_every_metric_and_saved_query_is_compared(asked: Metrics) -> None:
    assert {name for case in CASES for name in case.names} == {*asked.described, *asked.saved}


def test_every_wrong_metric_is_seen(
    semantic_manifest: str, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Each metric counts double, or each ratio is upside down; each saved query lacks a part."""
    for kind, number, wrong in damaged(json.loads(semantic_manifest)):
        asked = Metrics(json.dumps(wrong), DUCKDB)
        name = wrong[kind][number]["name"]
        of_it = [case for case in CASES if name in case.names]
        assert of_it
        for case in of_it:
            assert not is_right(case, asked, warehouse), (name, case)


def damaged(manifest: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The manifest, once with each metric and each saved query damaged."""
    for number, metric in enumerate(manifest["metrics"]):
        whole = json.dumps(metric)
        parameters = metric["type_params"]
        if metric["type"] == "ratio":
            over, under = parameters["numerator"], parameters["denominator"]
            parameters["numerator"], parameters["denominator"] = under, over
        else:
            parameters["expr"] = f"2 * ({parameters['expr']})"
        yield "metrics", number, manifest
        manifest["metrics"][number] = json.loads(whole)
    for number, query in enumerate(manifest["saved_queries"]):
        parameters = query["query_params"]
        parts = [(parameters["order_by"], 0), (parameters["group_by"], 1)]
        if len(parameters["metrics"]) > 1:
            parts.append((parameters["metrics"], -1))
        if parameters["where"]:
            filters = parameters["where"]["where_filters"]
            parts += [(filters, position) for position in range(len(filters))]
        for part, position in parts:
            complete = part.copy()
            del part[position]
            yield "saved_queries", number, manifest
            part[:] = complete


def test_a_metric_of_others_is_in_no_models_file(shop: Project) -> None:
    """There dbt would find it twice as soon as a text of models/_docs.md has changed."""
    manifest = json.loads((shop.target / "manifest.json").read_text(encoding="utf-8"))
    metrics = manifest["metrics"].values()
    files = {one["original_file_path"] for one in metrics if one["type"] != "simple"}
    assert files == {"models/marts/_metrics.yml"}


def test_no_metric_reads_the_table_of_days(semantic_manifest: str) -> None:
    """It is none: its name stands there because dbt requires one."""
    (spine,) = json.loads(semantic_manifest)["project_configuration"]["time_spines"]
    days = spine["node_relation"]["relation_name"]
    for dialect in (DUCKDB, ATHENA):
        asked = Metrics(semantic_manifest, dialect)
        for name in asked.described:
            groups = asked.groups(name)
            assert groups
            for one in [(), *((group,) for group in groups), tuple(groups)]:
                assert days not in asked.sql([name], one), (name, one)


def test_any_metrics_can_stand_together(
    asked: Metrics, warehouse: duckdb.DuckDBPyConnection
) -> None:
    for pair in combinations(asked.described, 2):
        first, second = map(set, map(asked.groups, pair))
        for group in first & second:
            columns = warehouse.execute(asked.sql([*pair, *pair], [group, group])).description
            header = [column[0] for column in columns]
            assert header[0].removesuffix("__year") == group.removesuffix("__year")
            assert header[1:] == [*pair]


def test_output_that_nobody_reads_ends_nothing_badly(monkeypatch: pytest.MonkeyPatch) -> None:
    read, written = os.pipe()
    os.close(read)
    with os.fdopen(written, "w") as output:
        monkeypatch.setattr(sys, "stdout", output)
        with until_unread():
            output.write("x")
        output.write("this goes nowhere")


def test_a_metric_is_printed_as_csv(shop: Project, warehouse: duckdb.DuckDBPyConnection) -> None:
    printed = shop.publish("metrics", "average_books_by_author")
    header, *rows = csv.reader(printed.splitlines())
    assert header == [
        *("author", "author__author_name", "average_books_per_active_year"),
        *("author_book_count", "active_year_count"),
    ]
    expected = warehouse.execute(
        "select author_key, average_books_per_active_year from average_books_per_author"
    ).fetchall()
    assert {row[0]: float(row[2]) for row in rows} == dict(expected)


def test_what_can_be_asked_is_listed(shop: Project, asked: Metrics) -> None:
    lines = shop.publish("metrics").splitlines()
    names = [line.partition(":")[0] for line in lines if not line.startswith(" ")]
    assert names == [*asked.saved, *asked.described]
    groups = "author, author__author_name, author_year__first_publish_year"
    assert any(line.strip().startswith(f"--by {groups}") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no_such",), "there is no metric or saved query no_such ("),
        (
            ("reader_count", "book_count", "--by", "book", "--by", "wanted_book__subject"),
            "book_count cannot be grouped by wanted_book__subject, only by book, book__first_pub",
        ),
        (("book_count", "--by", ""), "book_count cannot be grouped by , only by book, "),
        (("book_count", "wanted_books_not_sold"), "wanted_books_not_sold is a saved query: ask"),
        (("wanted_books_not_sold", "--by", "book"), "wanted_books_not_sold is a saved query: ask"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(
    shop: Project, arguments: tuple[str, ...], said: str
) -> None:
    printed = shop.publish("metrics", *arguments, fails=True)
    assert printed.startswith(f"publish: error: {said}")
    assert printed.count("\n") == 1


def test_nothing_is_printed_of_an_empty_warehouse(nothing: Project) -> None:
    assert nothing.publish("metrics", "wanted_books_not_sold") == "book,book__title,reader_count\n"


def test_a_cell_is_what_a_spreadsheet_does_not_run(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    row = warehouse.execute(
        "select '=1+1', '1+1', true, null, 0.5::double, timestamp '1484-01-01 00:00:00', -1"
    ).fetchone()
    assert row
    assert list(cells(row)) == ["'=1+1", "1+1", "true", None, 0.5, date(1484, 1, 1), -1]
