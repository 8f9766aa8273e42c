"""The baseline of the dumps writes what a plain reading of the rules says.

So that a comparison of the two in the benchmarks shows that the models are right at scale, too.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from benchmarks import dump_baseline
from tests.support import catalog_rules, dump_rules
from tests.support.synthetic_dump import write_dump

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-09-30"
TRACKED = ["love", "never_landed"]


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, catalog_rules.Rows], dict[str, catalog_rules.Rows]]:
    """The tables by the rules, and as the baseline wrote them, by key."""
    folder = tmp_path_factory.mktemp("dump")
    write_dump(Fraction(1, 20_000), folder / "files", date.fromisoformat(DAY))
    lead_to_unreadable(folder / "files")
    dumps = dump_rules.read(folder / "files", DAY)
    books = dump_rules.books(dumps)
    ruled = catalog_rules.marts(books, TRACKED) | dump_rules.editions(
        dumps, (book.key for book in books)
    )
    ruled["book_redirects"] = dump_rules.book_redirects(dumps)
    ruled["book_popularity"] = dump_rules.book_popularity(dumps, (book.key for book in books))
    ruled["rising_authors"] = dump_rules.rising_authors(dumps, books)
    warehouse = folder / "baseline.duckdb"
    subprocess.run(
        [sys.executable, "-m", "extract", "dump", DAY, "--from", folder / "files"],
        env=os.environ | {"RAW_ROOT": str(folder / "raw")},
        check=True,
        capture_output=True,
    )
    dump_baseline.build(folder / "raw", warehouse, TRACKED)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        written = {table: rows(connection, table) for table in dump_baseline.TABLES}
    return ruled, written


def lead_to_unreadable(folder: Path) -> None:
    """Add a work that cannot be read, and one that was merged into it."""
    work, merged = "/works/OL900000001W", "/works/OL900000002W"
    for kind, key, says in (
        ("works", work, {"title": "\ud83d"}),
        ("redirects", merged, {"location": work}),
    ):
        of_type = f"/type/{kind.removesuffix('s')}"
        record = says | {"key": key}
        with gzip.open(folder / f"ol_dump_{kind}_{DAY}.txt.gz", "at") as lines:
            start = f"{of_type}\t{key}\t1\t2020-01-01T00:00:00.000000"
            lines.write(f"{start}\t{json.dumps(record)}\n")


def rows(connection: duckdb.DuckDBPyConnection, table: str) -> catalog_rules.Rows:
    relation = connection.table(table)
    found = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    by_key = {tuple(row[name] for name in catalog_rules.KEYS[table]): row for row in found}
    assert len(by_key) == len(found)
    return by_key


@pytest.mark.parametrize("table", dump_baseline.TABLES)
def test_the_baseline_is_right(
    both: tuple[dict[str, catalog_rules.Rows], dict[str, catalog_rules.Rows]], table: str
) -> None:
    ruled, written = (tables[table] for tables in both)
    assert set(written) == set(ruled)
    for key, row in ruled.items():
        ours: dict[str, Any] = {name: written[key][name] for name in row}
        assert (
            ours == pytest.approx(row)
            if table.startswith(("average", "books_per")) or table in dump_baseline.OF_READERS
            else ours == row
        )
