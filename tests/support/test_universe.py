"""The universe, its index and its dumps, against values worked out by hand."""

import gzip
import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support import dump_rules
from tests.support.catalog_rules import Book, marts
from tests.support.indexer import index
from tests.support.universe import (
    DATE,
    KINDS,
    ODD_DATES,
    ODD_SUBJECTS,
    Universe,
    add_jumble,
    make,
    role,
    write,
)

LEAST = 10  # plain works; the odd cases are there whatever the size


def read(universe: Universe, folder: Path) -> dump_rules.Dumps:
    write(universe, folder)
    return dump_rules.read(folder, DATE)


def books(universe: Universe, folder: Path) -> dict[str, Book]:
    return {book.key: book for book in dump_rules.books(read(universe, folder))}


# --- the dumps' form ------------------------------------------------------------------------------


def lines(folder: Path, kind: str) -> list[bytes]:
    return gzip.decompress((folder / f"ol_dump_{kind}_{DATE}.txt.gz").read_bytes()).splitlines()


def test_dumps_have_the_form_of_open_librarys(tmp_path: Path) -> None:
    universe = make(LEAST)
    write(universe, tmp_path)
    for kind in KINDS:
        found = lines(tmp_path, kind)
        assert len(found) == len(getattr(universe, kind)) > 0
        keys = set()
        for line in found:
            assert line.isascii()
            of_type, key, revision, modified, text = line.decode().split("\t")
            record = json.loads(text)
            assert text == json.dumps(record)
            assert of_type == record["type"]["key"] == f"/type/{kind.removesuffix('s')}"
            assert key == record["key"]
            assert (int(revision), modified) == (
                record["revision"],
                record["last_modified"]["value"],
            )
            keys.add(key)
        assert len(keys) == len(found)
    assert {len(line.split(b"\t")) for line in lines(tmp_path, "ratings")} == {4}
    assert {line.split(b"\t")[1] for line in lines(tmp_path, "reading-log")} == {rb"\N", b""}


def test_keys_come_in_sorted_buckets(tmp_path: Path) -> None:
    write(make(1000), tmp_path)
    keys = [line.split(b"\t")[1] for line in lines(tmp_path, "works")]
    descents = sum(one > other for one, other in pairwise(keys))
    assert 100 < descents < 256


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        write(make(LEAST, seed), tmp_path / name)
    files = {path.name for path in (tmp_path / "one").iterdir()}
    assert len(files) == 7
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()
    works = f"ol_dump_works_{DATE}.txt.gz"
    assert (tmp_path / "one" / works).read_bytes() != (tmp_path / "other" / works).read_bytes()


def test_what_trips_readers_is_there(tmp_path: Path) -> None:
    write(make(LEAST), tmp_path)
    works = b"\n".join(lines(tmp_path, "works"))
    for odd in (rb"\u0000", rb"\ud83d", rb"\t", rb"\\u0041", b'"covers": [-1', b'"authors": ["/a'):
        assert odd in works
    assert max(map(len, lines(tmp_path, "works"))) > 3_000_000


# --- the rules ------------------------------------------------------------------------------------


def test_merged_and_deleted_keys(tmp_path: Path) -> None:
    universe = make(LEAST)
    dumps = read(universe, tmp_path)
    odd = universe.odd
    for year in range(1937, 1942):
        assert dumps.follow(odd[f"merged from {year}"]) == odd["merged"]
    for gone in ("loop", "itself", "dangling", "deleted", "redirected to a deleted work"):
        assert dumps.follow(odd[gone]) is None
    assert dumps.follow("/works/OL999999W") == "/works/OL999999W"  # nothing is said of it
    assert dump_rules.book_redirects(dumps)[odd["merged from 1937"],] == {"to_key": odd["merged"]}


def test_a_redirect_to_a_rejected_record_is_kept(tmp_path: Path) -> None:
    universe = make(LEAST)
    dumps, odd = read(universe, tmp_path), universe.odd
    for rejected in ("half of a character", "title is an object"):
        assert dumps.follow(odd[f"redirected to {rejected}"]) == odd[rejected]


def test_a_dump_without_works_has_no_books_and_cannot_tell_which_works_there_are(
    tmp_path: Path,
) -> None:
    universe = make(LEAST)
    write(universe, tmp_path)
    (tmp_path / f"ol_dump_works_{DATE}.txt.gz").unlink()
    dumps, odd = dump_rules.read(tmp_path, DATE), universe.odd
    assert dump_rules.books(dumps) == []
    assert dumps.follow(odd["merged from 1937"]) == odd["merged"]
    assert dumps.follow(odd["dangling"]) not in {None, odd["dangling"]}
    for gone in ("loop", "itself", "deleted", "redirected to a deleted work", "merged edition"):
        assert dumps.follow(odd[gone]) is None


def test_a_merged_work_has_all_editions(tmp_path: Path) -> None:
    universe = make(LEAST)
    merged = books(universe, tmp_path)[universe.odd["merged"]]
    assert (merged.edition_count, merged.first_publish_year) == (6, 1937)
    assert (merged.cover_id, merged.cover_edition_key) == (71_937, "OL70001937M")


@pytest.mark.parametrize(("date", "by_index", "in_dumps"), ODD_DATES)
def test_years(tmp_path: Path, date: str, by_index: int | None, in_dumps: int | None) -> None:
    universe = Universe()
    key = universe.work()
    universe.edition(key, publish_date=date)
    book = books(universe, tmp_path)[key]
    assert book.first_publish_year_reported == in_dumps
    assert book.first_publish_year == (in_dumps if in_dumps and 1450 <= in_dumps <= 2027 else None)
    (document,) = index(universe)["love"]
    assert json.loads(document)["first_publish_year"] == by_index


def test_a_bad_year_hides_no_good_one(tmp_path: Path) -> None:
    universe = Universe()
    key = universe.work()
    for date in ("9999", "May 2003", "1999", "0000"):
        universe.edition(key, publish_date=date)
    book = books(universe, tmp_path)[key]
    assert (book.first_publish_year, book.first_publish_year_reported) == (1999, 0)


@pytest.mark.parametrize(("subject", "slug"), ODD_SUBJECTS)
def test_slugs(tmp_path: Path, subject: str, slug: str) -> None:
    universe = Universe()
    key = universe.work(subjects=[subject], subject_people=[subject], subject_times=[subject])
    expected = {slug, f"person:{slug}", f"time:{slug}"} if slug else set()
    assert books(universe, tmp_path)[key].subjects == set(index(universe)) == expected


def test_authors(tmp_path: Path) -> None:
    universe = Universe()
    now, other = universe.author("Now"), universe.author("Other")
    once, dead = universe.key("authors"), universe.delete(universe.key("authors"))
    universe.redirect(once, now)
    key = universe.work(
        authors=[
            role(dead),
            {"type": "/type/author_role"},
            role(other),
            {"author": once},
            other,
            role(now),
        ]
    )
    book = books(universe, tmp_path)[key]
    assert book.authors == [(other, "Other"), (now, "Now"), (other, "Other"), (now, "Now")]
    assert book.positions == {other: 1, now: 2}
    assert book.empty_role_count == 1


def test_titles_and_covers_are_those_of_the_least_edition_as_text(tmp_path: Path) -> None:
    universe = Universe()
    key = universe.work(title=None, covers=[-1])
    universe.edition(key, key="/books/OL9M", title="Nine", covers=[9, 10])
    universe.edition(key, key="/books/OL10M", title="Ten", covers=[-1, 10])
    universe.edition(key, key="/books/OL100M", title="", covers=[-1])
    book = books(universe, tmp_path)[key]
    # as text OL100M comes before OL10M, and OL10M before OL9M
    assert (book.title, book.cover_id, book.cover_edition_key) == ("Ten", 10, "OL10M")


def test_an_orphan_edition_is_a_book(tmp_path: Path) -> None:
    universe = make(LEAST)
    key = universe.odd["orphan"].replace("/books/", "/works/")
    book = books(universe, tmp_path)[key]
    assert (book.title, book.first_publish_year, book.edition_count) == ("Orphan", 1970, 1)
    assert (book.cover_id, f"/works/{book.cover_edition_key}") == (601, key)
    assert book.subjects == {"love", "orphans"}
    assert [name for _, name in book.authors] == ["Author of orphans"]


def test_rejects(tmp_path: Path) -> None:
    universe = make(LEAST)
    dumps, odd = read(universe, tmp_path), universe.odd
    assert dumps.rejected == {
        ("works", odd["half of a character"]): "record is not valid JSON",
        ("editions", odd["half in an edition"]): "record is not valid JSON",
        ("authors", odd["half in an author"]): "record is not valid JSON",
        ("editions", odd["work without key"]): "works is not a list of objects with keys",
        ("works", odd["title is an object"]): "title is not text",
        ("works", odd["authors is an object"]): "authors is not a list",
        ("works", odd["cover is an object"]): "covers is not a list of whole numbers",
        ("works", odd["subject is an object"]): "subjects is not a list of texts",
    }


def test_books_that_are_drawn_are_odd_in_every_way(tmp_path: Path) -> None:
    universe = Universe()
    keys = add_jumble(universe, 300, seed=1)
    assert len(set(keys)) == 900
    dumps = read(universe, tmp_path)
    found = dump_rules.books(dumps)
    moves = dumps.moves.values()
    assert {to in dumps.moves for to in moves} == {True, False}  # chains
    assert None in moves
    assert any(dumps.follow(key) for key in dumps.moves)
    assert any(book.edition_count and book.edition_count > 2 for book in found)
    assert any(len(book.positions) < len(book.authors) for book in found)
    assert any(book.cover_id and not book.cover_edition_key for book in found)
    assert {book.title for book in found} == {None, "7", "Drawn", "Edition"}
    assert {book.key[-1] for book in found} == {"W", "M"}


# --- the marts ------------------------------------------------------------------------------------


def book(key: str, year: int | None, authors: list[tuple[str, str | None]], *slugs: str) -> Book:
    return Book(key, key, year, year, 1, None, None, None, "api", authors, set(slugs))


def test_marts() -> None:
    """One author of three books, 1990 twice and 1993; another, of two spellings, of two of them."""
    found = marts(
        [
            book("a", 1990, [("A", "Ann"), ("B", "Bo"), ("A", "Ann")], "love"),
            book("b", 1990, [("A", "Ann")], "love", "war"),
            book("c", 1993, [("B", "Ab"), ("A", "")]),
            book("d", None, [], "war"),
        ],
        tracked=["love", "space"],
    )
    assert found["author_books"] == {
        ("A", "a"): {"author_position": 1, "first_publish_year": 1990, "title": "a"},
        ("B", "a"): {"author_position": 2, "first_publish_year": 1990, "title": "a"},
        ("A", "b"): {"author_position": 1, "first_publish_year": 1990, "title": "b"},
        ("B", "c"): {"author_position": 1, "first_publish_year": 1993, "title": "c"},
        ("A", "c"): {"author_position": 2, "first_publish_year": 1993, "title": "c"},
    }
    years = {"first_publish_year": 1990, "last_publish_year": 1993}
    assert found["authors"] == {
        ("A",): {"author_name": "Ann", "name_variant_count": 1, "book_count": 3} | years,
        ("B",): {"author_name": "Ab", "name_variant_count": 2, "book_count": 2} | years,
    }
    assert found["books_per_author_per_year"] == {
        ("A", 1990): {"author_name": "Ann", "book_count": 2},
        ("A", 1993): {"author_name": "Ann", "book_count": 1},
        ("B", 1990): {"author_name": "Ab", "book_count": 1},
        ("B", 1993): {"author_name": "Ab", "book_count": 1},
    }
    assert found["average_books_per_author"]["A",] == {
        "author_name": "Ann",
        "book_count": 3,
        "active_year_count": 2,
        "career_year_count": 4,
        "average_books_per_active_year": 1.5,
        "average_books_per_career_year": 0.75,
    }
    assert found["books_per_year"] == {
        (1990,): {"book_count": 2, "author_count": 2, "average_books_per_author": 1.5},
        (1993,): {"book_count": 1, "author_count": 2, "average_books_per_author": 1.0},
    }
    assert found["subject_books"].keys() == {
        ("love", "a"),
        ("love", "b"),
        ("war", "b"),
        ("war", "d"),
    }
    assert found["subjects"] == {
        ("love",): {"book_count": 2, "author_count": 2, "is_tracked": True},
        ("war",): {"book_count": 2, "author_count": 1, "is_tracked": False},
        ("space",): {"book_count": 0, "author_count": 0, "is_tracked": True},
    }
    assert found["books"]["a",]["author_count"] == 2
