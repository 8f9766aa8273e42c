"""The items of a synthetic store are what its head says, read by the rules in plain Python."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

import duckdb
from click.testing import CliRunner

from tests.support import synthetic_store
from tests.support.dump_rules import read_isbn

if TYPE_CHECKING:
    from pathlib import Path

TABLES = """
create table editions as
select
    'e' || number as edition_key,
    'b' || number as book_key,
    -- with any check digit; those that are wrong are deleted below
    '978' || (100000000 + number / 10)::bigint || (number % 10)::bigint as isbn_13,
    'Title ' || number as title
from range(1000) as numbers (number);
create table author_books as
select 'a' as author_key, book_key, 1 as author_position from editions;
create table authors as select 'a' as author_key, 'Name' as author_name;
"""


def test_of_ten_items_seven_have_the_isbn_of_an_edition(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(TABLES)
        given = [row[0] for row in connection.execute("select isbn_13 from editions").fetchall()]
        sound = [isbn for isbn in given if read_isbn(isbn)[0]]
        connection.execute("delete from editions where not list_contains(?, isbn_13)", [sound])
    arguments = [str(warehouse), "--items", "50", "--folder", str(tmp_path)]
    CliRunner().invoke(synthetic_store.main, arguments, catch_exceptions=False)
    with (tmp_path / "books.csv").open(newline="", encoding="utf-8") as file:
        items = list(csv.DictReader(file))
    found: Counter[str] = Counter()
    for item in items:
        isbn, fault = read_isbn(item["isbn"])
        found["known" if isbn in sound else "unknown" if isbn else fault or "none"] += 1
    assert len(sound) == 100
    assert found == {"known": 35, "unknown": 5, "wrong check digit": 5, "none": 5}
    assert {len(item["isbn"]) for item in items} == {0, 10, 13, 15}
    assert {item["title"] for item in items} <= {f"Title {number}" for number in range(1_000)}
