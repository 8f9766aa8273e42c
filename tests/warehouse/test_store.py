"""A made-up store against a real part of a dump: each row of the store's marts, in plain Python."""

from __future__ import annotations

import csv
import gzip
import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.project import DUMP, DUMP_DATE, DUMP_FILES, NO_UNIT_TESTS, Project, Shared
from tests.support.store_rules import books_to_add, candidates, store_books
from tests.support.streaming_files import Received

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

pytestmark = pytest.mark.xdist_group("store")  # share one build

COLUMNS = ("isbn", "title", "author", "price", "currency", "stock", "category", "store")
SUBJECTS = ("love", "space", "romance", "love_stories", "fiction", "science")  # of both seeds
MARTS = (
    *("books", "authors", "author_books", "subject_books", "editions", "isbns"),
    *("book_popularity", "book_languages"),
)


def wanted_dump(folder: Path) -> Path:
    """The sample of a dump, whose books are all about love, some about space, and read each month.

    Two of its books are copied: as a book of the same title, and as one of the same ISBN.
    """
    folder.mkdir(parents=True)
    dice = Random(18)  # noqa: S311 - not a secret
    for path in DUMP.glob("*.txt.gz"):
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        kind = path.name.split("_")[2]
        if kind == "works":
            lines = [_with_subjects(line, dice) for line in lines]
            lines += [_copied(lines, "/works/OL3809593W", "/works/OL9000001W")]
        if kind == "editions":
            lines += [
                _copied(lines, "/books/OL27472212M", "/books/OL9000002M", "/works/OL100077W"),
                _copied(lines, "/books/OL7522539M", "/books/OL9000003M", "/works/OL9000001W"),
            ]
        if kind == "reading-log":
            read = sorted({line.split("\t")[0] for line in lines})
            months = [f"{2024 + month // 12}-{month % 12 + 1:02}" for month in range(6, 31)]
            lines += [f"{dice.choice(read)}\t\\N\tWant to Read\t{month}-07" for month in months * 6]
        text = "".join(f"{line}\n" for line in lines)
        (folder / path.name).write_bytes(gzip.compress(text.encode(), mtime=0))
    return folder


def _with_subjects(line: str, dice: Random) -> str:
    *columns, record = line.split("\t")
    fields = json.loads(record)
    more = ["Love", "Space"] if dice.randrange(2) else ["Love"]
    subjects = [*fields.get("subjects", []), *more]
    return "\t".join([*columns, json.dumps(fields | {"subjects": subjects})])


def _copied(lines: list[str], key: str, new: str, work: str | None = None) -> str:
    (line,) = [line for line in lines if line.split("\t")[1] == key]
    *columns, record = line.replace(key, new).split("\t")
    fields = json.loads(record)
    return "\t".join([*columns, json.dumps(fields | ({"works": [{"key": work}]} if work else {}))])


def catalogue(folder: Path, editions: list[tuple[str, str, str]]) -> Path:
    """A store that sells some editions, each written in one of several ways, from a spreadsheet."""
    dice = Random(7)  # noqa: S311 - not a secret
    rows = [("9780000000002", "Something else", "X", "9.50", "EUR", "3", "", "")]  # of no book
    for isbn, title, author in editions:
        if dice.random() < 0.4:
            continue
        rows.append(
            (
                dice.choice(
                    [isbn, f"{isbn[:3]}-{isbn[3:]}", f'="{isbn}"', isbn[:-1] + "Q", "", "n/a"]
                ),
                dice.choice([title, title.upper(), f"{title}!", "", "Something else"]),
                dice.choice(
                    [author, f"{author} jr.", " ".join(author.split()[::-1]), author[:6], "", "X"]
                ),
                dice.choice(["9.50", ""]),
                dice.choice(["EUR", "eur", ""]),
                dice.choice(["0", "3", ""]),
                dice.choice(["Romance", "romance ", "Travel", ""]),
                "Made-up Books" if len(rows) % 2 else "",
            )
        )
    folder.mkdir(parents=True)
    with (folder / "books.csv").open("w", newline="", encoding="utf-8") as file:
        header = [name.title() for name in COLUMNS]
        csv.writer(file).writerows([header, *rows, [""] * len(COLUMNS)])
    return folder


@pytest.fixture(scope="module")
def built(shared: Shared) -> Project:
    def build(project: Project) -> None:
        folder = str(wanted_dump(project.scratch / "dump"))
        project.extract("dump", DUMP_DATE, "--from", folder, "--only", DUMP_FILES)
        catalog = ("+isbns", "+books", "+author_books", "+authors")
        project.dbt("run", "--select", *catalog)
        with project.connect() as warehouse:
            editions = warehouse.execute("""
                select isbns.isbn_13, coalesce(books.title, '-'), coalesce(min(author_name), 'Y')
                from isbns
                inner join books using (book_key)
                left join author_books using (book_key)
                left join authors using (author_key)
                group by isbns.isbn_13, books.title
                order by 1, 2
            """).fetchall()
        # some items of the first time are deleted the second time
        for number, some in enumerate((editions[::2], editions[1:])):
            store = catalogue(project.scratch / f"store-{number}", some)
            project.extract("files", "store", str(store), "--allow-shrink")
            # which says nothing about the store
            received = Received().write(project.scratch / f"received-{number}")
            project.extract("files", "streaming", str(received))
            project.dbt("build", *NO_UNIT_TESTS)

    return shared.project("store", build)


@pytest.fixture
def warehouse(built: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    with built.connect(read_only=True) as connection:
        yield connection


def table(warehouse: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    found = warehouse.execute(f"from {name}")
    columns = [column[0] for column in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def test_every_row(warehouse: duckdb.DuckDBPyConnection) -> None:
    marts = {name: table(warehouse, name) for name in MARTS}
    items = table(warehouse, "store_books")
    there = [item for item in items if not item["is_deleted"]]
    expected = candidates(items, marts)
    found = {
        (row.pop("store_book_key"), row.pop("book_key")): row
        for row in table(warehouse, "store_book_candidates")
    }
    assert found == expected
    books = store_books(items, expected, marts)
    assert {
        item["store_book_key"]: {name: item[name] for name in books[item["store_book_key"]]}
        for item in items
    } == books
    added = books_to_add(there, expected, marts, SUBJECTS)
    assert {
        (row.pop("subject"), row.pop("book_key")): row for row in table(warehouse, "books_to_add")
    } == added
    # of everything there is some
    assert 0 < len(there) < len(items)
    assert {row["match_class"] for row in expected.values()} == {
        *("isbn", "isbn of several books"),
        *("title and author", "title and similar author", "title only"),
    }
    assert len({row["unmatched_reason"] for row in books.values()}) == 7
    assert {subject for subject, _ in added} > {"", "love", "space"}
    assert all(0 < row["rising_part"] < 1 for row in added.values() if row["reader_count"] > 10)


def test_the_categories_of_the_store_have_subjects(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute("select distinct category, subject from store_books").fetchall()
    assert set(found) == {
        *(("Romance", "romance"), ("romance ", "romance"), ("Travel", None), (None, None))
    }


def test_the_store_has_a_name(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute("select distinct store_name from store_books").fetchall()
    assert set(found) == {("Made-up Books",), (None,)}


def test_an_item_is_deleted_by_the_load_that_lacks_it(built: Project) -> None:
    history = """
        select store_book_key, title, stock, dbt_is_deleted, dbt_valid_from, dbt_valid_to
        from main_history.store_books_history order by all
    """
    with built.connect(read_only=True) as warehouse:
        loads = [
            started_at
            for (started_at,) in warehouse.execute(
                "select started_at from loads where dataset = 'store' order by 1"
            ).fetchall()
        ]
        kept = warehouse.execute(history).fetchall()
    assert len(loads) == 2
    assert {row[4] for row in kept if row[3] == "True"} == {loads[1]}
    assert {row[4] for row in kept} == set(loads)
    with built.connect() as warehouse:
        warehouse.execute("drop schema main_history cascade")
    built.script("rebuild_history.py", "dev")
    with built.connect(read_only=True) as warehouse:
        assert warehouse.execute(history).fetchall() == kept
