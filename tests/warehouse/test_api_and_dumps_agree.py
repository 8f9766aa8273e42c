"""One universe of books, by the API and as dumps: the marts are equal, but for what is listed here.

Each way is held against plain Python, row for row, and the two against each other.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from tests.support import dump_rules
from tests.support.catalog_rules import KEYS, Book, Rows, marts, plausible, visible
from tests.support.faults import compact
from tests.support.indexer import index
from tests.support.loader_runs import Runs
from tests.support.project import DUMP, DUMP_DATE, NO_UNIT_TESTS, Project
from tests.support.stand_in import StandIn
from tests.support.universe import DATE, Universe, add_jumble, make, write

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("api_and_dumps_agree")  # share the builds

OLDER_DATE = "2026-08-31"
DRAWN = 300  # works, and as many editions and authors

# Where a book of the index and the same book of the dumps differ, by the name of its odd case: what
# the index has, and what the dumps have. Of authors it shows the names.
DIFFERENCES: dict[str, dict[str, dict[str, tuple[object, object]]]] = {
    "the index loses the editions of merged works": {
        "merged": {
            "first_publish_year": (1950, 1937),
            "first_publish_year_reported": (1950, 1937),
            "edition_count": (1, 6),
            "cover_id": (None, 71_937),
            "cover_edition_key": (None, "OL70001937M"),
        },
    },
    "one bad edition hides no good one: the least year of a dump is the least plausible one": {
        "one bad year": {"first_publish_year": (None, 1999)},
    },
    "engines read ASCII digits alone": {
        "dated ٢٠٠١": {
            "first_publish_year": (2001, None),
            "first_publish_year_reported": (2001, None),
        },
        "dated \uff11\uff19\uff19\uff19": {
            "first_publish_year": (1999, None),
            "first_publish_year_reported": (1999, None),
        },
        "dated ١٩٩٩, 2003": {
            "first_publish_year": (1999, 2003),
            "first_publish_year_reported": (1999, 2003),
        },
    },
    "engines lower each letter alone": {
        "letters that engines lower in two ways": {
            "subjects": ({"i\u0307zmir", "οδος"}, {"izmir", "οδοσ"}),
        },
    },
    "the index drops merged authors": {
        "author was merged": {"authors": ([], ["Anna Now"])},
        "two authors became one": {"authors": (["Anna Now"], ["Anna Now", "Anna Now"])},
        "merged author before another": {
            "authors": (["Anna Now", "Other"], ["Anna Now", "Anna Now", "Other"])
        },
        "orphan of a merged author": {
            "authors": (["Author of orphans"], ["Author of orphans", "Author of orphans"])
        },
    },
    "the index keeps the spelling of the day when it indexed the work": {
        "indexed before a renaming": {"authors": (["Old Name"], ["New Name"])},
        "another": {"authors": (["Old Name"], ["New Name"])},
    },
    "the index does not tell of roles that name nobody": {
        "roles without author": {"empty_role_count": (0, 2)},
        "only roles without author": {"empty_role_count": (0, 1)},
    },
    "the index takes null for the first cover": {
        "cover is null": {"cover_id": (None, 507)},
    },
    "records with half of a character are rejected": {
        "edition with half of a character": {
            "first_publish_year": (1990, 1991),
            "first_publish_year_reported": (1990, 1991),
            "edition_count": (2, 1),
        },
        "author with half of a character": {"authors": (["Half an Author"], [])},
    },
}

# books that one way alone can give, and why
ONLY_IN_DUMPS = {
    "no subjects": "the API is asked by subject",
    "orphan of no subject": "likewise",
    "role is bare text": "the indexer fails at it",
    "subject is null": "likewise",
    "date is a number": "likewise",
}
ONLY_BY_API = {"authors is an object": "the indexer reads its keys, the models reject it"}


# --- expected -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def universe() -> Universe:
    return make()


@pytest.fixture(scope="module")
def indexed(universe: Universe) -> dict[str, list[bytes]]:
    return index(universe)


def books_of_api(works: Mapping[str, Sequence[bytes]]) -> dict[str, Book]:
    """What the API says of each work, as books; those of no title are titled `__None__`."""
    books: dict[str, Book] = {}
    for slug, documents in works.items():
        for document in map(json.loads, documents):
            titles = {"__None__": None}
            reported = document["first_publish_year"]
            book = Book(
                key=document["key"],
                title=visible(titles.get(document["title"], str(document["title"]))),
                first_publish_year=plausible(reported, datetime.now(UTC).year),
                first_publish_year_reported=reported,
                edition_count=document["edition_count"],
                cover_id=document["cover_id"],
                cover_edition_key=document["cover_edition_key"],
                has_fulltext=document["has_fulltext"],
                source="api",
                authors=[(author["key"], author["name"]) for author in document["authors"]],
            )
            books.setdefault(book.key, book).subjects.add(slug)
    return books


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dumps of the universe, of books of which all is drawn, and of real ones."""
    seed = int(os.environ.get("UNIVERSE_SEED") or secrets.randbits(32))
    sys.stdout.write(f"UNIVERSE_SEED={seed}\n")  # shown when a test fails
    universe, folder = make(), tmp_path_factory.mktemp("dumps")
    add_jumble(universe, DRAWN, seed)
    write(universe, folder)
    samples = sorted(DUMP.glob("ol_dump_*.txt.gz"))
    assert samples
    for sample in samples:
        with (folder / sample.name.replace(DUMP_DATE, DATE)).open("ab") as file:
            file.write(sample.read_bytes())
    return folder


@pytest.fixture(scope="module")
def dumps(folder: Path) -> dump_rules.Dumps:
    return dump_rules.read(folder, DATE)


# --- built ----------------------------------------------------------------------------------------


def built(project: Project, expected: Mapping[str, Rows]) -> dict[str, Rows]:
    """The marts as built, with the columns that are expected."""
    found: dict[str, Rows] = {}
    with project.connect(read_only=True) as connection:
        for mart, rows in expected.items():
            columns = [*KEYS[mart], *next(iter(rows.values()))]
            answer = connection.execute(f"select {', '.join(columns)} from {mart}").fetchall()  # noqa: S608
            width = len(KEYS[mart])
            found[mart] = {
                row[:width]: dict(zip(columns[width:], row[width:], strict=True)) for row in answer
            }
            assert len(found[mart]) == len(answer)
    return found


def load(project: Project, works: Mapping[str, Iterable[bytes]]) -> None:
    """Have the loader land every subject."""
    with StandIn({slug: list(each) for slug, each in works.items()}) as api:
        done = Runs(api, project.raw_root).run("subjects", *works)
    assert done.code == 0, done.err


def assert_equal(found: Mapping[str, Rows], expected: Mapping[str, Rows]) -> None:
    """Mart by mart, so that a failure shows the rows of one."""
    for mart, rows in expected.items():
        wrong = {key: row for key, row in found[mart].items() if rows.get(key) != row}
        right = {key: row for key, row in rows.items() if found[mart].get(key) != row}
        assert (mart, wrong) == (mart, right)


# --- the proof ------------------------------------------------------------------------------------


def test_books_differ_where_it_is_listed_alone(
    universe: Universe, indexed: dict[str, list[bytes]], tmp_path: Path
) -> None:
    write(universe, tmp_path)
    dumps = dump_rules.read(tmp_path, DATE)
    odd = {key.replace("/books/", "/works/"): name for name, key in universe.odd.items()}
    by_api = books_of_api(indexed)
    in_dumps = {book.key: book for book in dump_rules.books(dumps)}
    assert {odd[key] for key in in_dumps.keys() - by_api.keys()} == set(ONLY_IN_DUMPS)
    assert {odd[key] for key in by_api.keys() - in_dumps.keys()} == set(ONLY_BY_API)
    found = {}
    for key in by_api.keys() & in_dumps.keys():
        one, other = _comparable(by_api[key]), _comparable(in_dumps[key])
        if one != other:
            found[odd[key]] = {
                name: (one[name], other[name]) for name in one if one[name] != other[name]
            }
    assert found == {name: each for listed in DIFFERENCES.values() for name, each in listed.items()}


def _comparable(book: Book) -> dict[str, Any]:
    """A book without what differs in all of them, and with visible names for authors."""
    fields = vars(book) | {"authors": [visible(name) for _, name in book.authors]}
    return {name: fields[name] for name in fields if name not in {"source", "has_fulltext"}}


def test_the_marts_by_the_api(tmp_path: Path, indexed: dict[str, list[bytes]]) -> None:
    project = Project(tmp_path)
    load(project, indexed)
    project.dbt("build", *NO_UNIT_TESTS)
    expected = marts(books_of_api(indexed).values())
    assert_equal(built(project, expected), expected)


@pytest.fixture(scope="module")
def dumped(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The dumps alone, landed before those of a month ago."""
    project = Project(tmp_path_factory.mktemp("dumped"))
    land(folder, project)
    write(make(1), project.scratch / "older", OLDER_DATE)
    land(project.scratch / "older", project, OLDER_DATE)
    project.dbt("build", *NO_UNIT_TESTS)
    return project


def land(folder: Path, project: Project, date: str = DATE) -> None:
    """Have the loader land the dumps of a folder."""
    project.extract("dump", date, "--from", str(folder), "--allow-shrink")


def test_the_marts_by_the_dumps(dumped: Project, dumps: dump_rules.Dumps) -> None:
    books = dump_rules.books(dumps)
    expected = marts(books) | of_dumps(dumps, books)
    assert_equal(built(dumped, expected), expected)


def of_dumps(dumps: dump_rules.Dumps, books: Collection[Book]) -> dict[str, Rows]:
    """The marts that only dumps fill."""
    keys = {book.key for book in books}
    return {
        "book_redirects": dump_rules.book_redirects(dumps),
        "book_popularity": dump_rules.book_popularity(dumps, keys),
        "rising_authors": dump_rules.rising_authors(dumps, books),
    } | dump_rules.editions(dumps, keys)


def test_what_the_dumps_cannot_tell_is_null(dumped: Project) -> None:
    with dumped.connect(read_only=True) as connection:
        assert connection.execute(
            "select distinct has_fulltext, source, cast(fetched_at as varchar) from books"
        ).fetchall() == [(None, "dump", f"{DATE} 23:59:59")]
        assert connection.execute(
            "select distinct load_id, is_complete, loaded_at, subject_name = subject from subjects"
        ).fetchall() == [(None, None, None, True)]
        assert connection.execute("select max(name_variant_count) from authors").fetchone() == (1,)


def test_rejected_lines_say_why(dumped: Project, dumps: dump_rules.Dumps) -> None:
    key = """
        case
            when dataset in ('dump_ratings', 'dump_reading_log') then line_start
            else split_part(line_start, chr(9), 2)
        end
    """
    with dumped.connect(read_only=True) as connection:
        rejected = connection.execute(
            f"select dataset, {key}, reason from rejected_records"  # noqa: S608
        ).fetchall()
    assert sorted(rejected) == sorted(
        (f"dump_{kind}", key, reason)
        for (kind, key), reason in (dumps.rejected | dumps.rejected_lines).items()
    )


def test_the_newest_of_api_and_dumps_counts(
    universe: Universe, folder: Path, dumps: dump_rules.Dumps, tmp_path: Path
) -> None:
    """Every third key that was drawn is in an older load of the API, every third in a newer one."""
    odd = {name: key.replace("/books/", "/works/") for name, key in universe.odd.items()}
    # the last was once an edition without a work
    older = ["merged from 1937", "dangling", "deleted", "merged edition", "deleted edition"]
    older += ["first of two works", "edition of two works"]
    newer = ["second of two works", "merged from 1938", "redirected to a deleted work"]
    drawn = [f"/works/OL{n}{kind}" for n in range(500, 500 + DRAWN) for kind in "WM"]
    of_old = api_books([*(odd[name] for name in older), "/works/OL900001W", *drawn[::3]], "war")
    of_new = api_books([*(odd[name] for name in newer), "/works/OL900002W", *drawn[1::3]], "space")

    project = Project(tmp_path)
    with time_machine.travel(datetime.fromisoformat(f"{DATE}T12:00:00Z")):
        load(project, {"war": map(served, of_old.values())})
    land(folder, project)
    load(project, {"space": map(served, of_new.values())})
    project.dbt("build", *NO_UNIT_TESTS)
    # of what a dump knows, an older load knows nothing better; an edition is known as one
    known = {*dumps.works, *dumps.moves}
    known |= {key.replace("/books/", "/works/") for key in {*dumps.editions, *dumps.moves}}
    books = {key: book for key, book in of_old.items() if key not in known}
    assert 0 < len(books) < len(of_old) - len(older)
    books |= {book.key: book for book in dump_rules.books(dumps)} | of_new
    expected = marts(books.values()) | of_dumps(dumps, books.values())
    assert_equal(built(project, expected), expected)


def test_a_dump_without_editions_waits_and_the_books_of_the_api_stay(
    universe: Universe, tmp_path: Path
) -> None:
    folder = tmp_path / "dumps"
    write(universe, folder)
    for kind in ("editions", "authors", "ratings", "reading-log"):
        (folder / f"ol_dump_{kind}_{DATE}.txt.gz").unlink()
    dumps = dump_rules.read(folder, DATE)
    of_the_api = api_books([universe.odd["merged"], universe.odd["merged from 1937"]], "war")
    project = Project(tmp_path)
    with time_machine.travel(datetime.fromisoformat(f"{DATE}T12:00:00Z")):
        load(project, {"war": map(served, of_the_api.values())})
    project.extract("dump", DATE, "--from", str(folder), "--only", "works,redirects,deletes")
    project.dbt("build", *NO_UNIT_TESTS)
    expected = marts(of_the_api.values()) | {"book_redirects": dump_rules.book_redirects(dumps)}
    expected = {mart: rows for mart, rows in expected.items() if rows}  # nobody wrote them
    assert_equal(built(project, expected), expected)


def api_books(keys: Iterable[str], slug: str) -> dict[str, Book]:
    return {
        key: Book(key, key, 1977, 1977, 1, 5, None, True, "api", subjects={slug}) for key in keys
    }


def served(book: Book) -> bytes:
    """The work, as the API serves it."""
    return compact(
        {
            "key": book.key,
            "title": book.title,
            "edition_count": book.edition_count,
            "cover_id": book.cover_id,
            "authors": [],
            "first_publish_year": book.first_publish_year_reported,
            "has_fulltext": book.has_fulltext,
        }
    )
