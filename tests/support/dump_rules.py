"""The books in the dumps of a day, in plain Python, by Open Library's rules for its index.

It shares nothing with the models: it reads lines, one record at a time, and holds everything.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.catalog_rules import Book, Rows, plausible, visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Record = dict[str, Any]

_YEAR = re.compile(r"\b([0-9]{4})\b")  # letters of any script bound it, but digits are ASCII
_AUTHOR = re.compile(r"/authors/OL[0-9]+A")
_KEYS = {
    "works": re.compile("/works/OL[0-9]+W"),
    "editions": re.compile("/books/OL[0-9]+M"),
    "authors": re.compile("/authors/OL[0-9]+A"),
}
_HALF = re.compile("[\ud800-\udfff]")
_DROPPED = ';/?:@&=+$,<>#%"{}|\\^[]`\n\r'
_PREFIXES = {
    "subjects": "",
    "subject_people": "person:",
    "subject_places": "place:",
    "subject_times": "time:",
}


@dataclass
class Dumps:
    """The sound records of a day's dumps by key, and why the others are rejected."""

    day: str
    landed: set[str] = field(default_factory=set)  # kinds: a dump may lack some
    works: dict[str, Record] = field(default_factory=dict)
    editions: dict[str, Record] = field(default_factory=dict)
    authors: dict[str, Record] = field(default_factory=dict)
    moves: dict[str, str | None] = field(default_factory=dict)  # None: deleted
    rejected: dict[tuple[str, str], str] = field(default_factory=dict)  # by kind and key

    @property
    def year(self) -> int:
        return int(self.day[:4])

    def follow(self, key: str) -> str | None:
        """Give the key that stands for a key now; None if nothing does."""
        passed = set()
        while key in self.moves:
            to = self.moves[key]
            if to is None or key in passed:
                return None
            passed.add(key)
            key = to
        return key if not passed or self._may_have(key) else None

    def _may_have(self, key: str) -> bool:
        """Whether a key has a record, rejected or not, or the dump of its kind is lacking."""
        kind = next((kind for kind, keys in _KEYS.items() if keys.fullmatch(key)), None)
        if not kind:
            return False
        return kind not in self.landed or key in getattr(self, kind) or (kind, key) in self.rejected


def read(folder: Path, day: str) -> Dumps:
    """Read the dumps of a day; those of ratings and the reading log have no part in books."""
    dumps = Dumps(day)
    for kind in ("works", "editions", "authors"):
        records: dict[str, Record] = getattr(dumps, kind)
        file = folder / f"ol_dump_{kind}_{day}.txt.gz"
        if file.exists():
            dumps.landed.add(kind)
        for key, text in _lines(file):
            record = json.loads(text)
            if reason := _flaw(kind, record):
                dumps.rejected[kind, key] = reason
            else:
                records[key] = record
    for key, text in _lines(folder / f"ol_dump_redirects_{day}.txt.gz"):
        dumps.moves[key] = json.loads(text)["location"]
    for key, _ in _lines(folder / f"ol_dump_deletes_{day}.txt.gz"):
        dumps.moves[key] = None
    return dumps


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line's key and JSON."""
    if not path.exists():
        return
    with gzip.open(path, "rt", encoding="ascii", newline="\n") as lines:
        for line in lines:
            _, key, _, _, text = line.rstrip("\n").split("\t")
            yield key, text


def _flaw(kind: str, record: Record) -> str | None:
    """Why a record is not used: the first reason that applies."""
    its_own = kind == "works" or not record.get("works")  # authors and subjects
    names = [name for field in _PREFIXES for name in record.get(field, [])]
    flaws = {
        "record is not valid JSON": _HALF.search(json.dumps(record, ensure_ascii=False)),
        "works is not a list of objects with keys": not all(
            "key" in work for work in record.get("works", [])
        ),
        "title is not text": isinstance(record.get("title"), dict | list),
        "authors is not a list": its_own and not isinstance(record.get("authors", []), list),
        "covers is not a list of whole numbers": not all(
            isinstance(cover, int | None) for cover in record.get("covers", [])
        ),
        "subjects is not a list of texts": its_own
        and not all(isinstance(name, str | None) for name in names),
    }
    return next((reason for reason, is_so in flaws.items() if is_so), None)


def books(dumps: Dumps) -> list[Book]:
    """Give every work, and every edition without one, as a book, if there are dumps of both."""
    if not dumps.landed >= {"works", "editions"}:
        return []
    editions: dict[str | None, list[Record]] = defaultdict(list)
    for _, edition in sorted(dumps.editions.items()):
        if edition.get("works"):
            editions[dumps.follow(edition["works"][0]["key"])].append(edition)
    works = [_book(dumps, key, work, editions[key]) for key, work in dumps.works.items()]
    return works + [
        _book(dumps, key.replace("/books/", "/works/"), _orphan(edition), [edition])
        for key, edition in dumps.editions.items()
        if not edition.get("works")
    ]


def _orphan(edition: Record) -> Record:
    """What of an edition a work would say."""
    return {
        "authors": [{"author": author} for author in edition.get("authors", [])],
        "subjects": edition.get("subjects", []),
    }


def _book(dumps: Dumps, key: str, work: Record, editions: list[Record]) -> Book:
    found = [_YEAR.search(str(edition.get("publish_date", ""))) for edition in editions]
    years = [int(match[1]) for match in found if match]
    cover, cover_edition = _cover(work, editions)
    roles = [_AUTHOR.search(json.dumps(role)) for role in work.get("authors", [])]
    authors = [dumps.follow(match[0]) for match in roles if match]
    return Book(
        key=key,
        title=_title(work, editions),
        first_publish_year=min((y for y in years if plausible(y, dumps.year)), default=None),
        first_publish_year_reported=min(years, default=None),
        edition_count=len(editions),
        cover_id=cover,
        cover_edition_key=cover_edition,
        has_fulltext=None,
        source="dump",
        # whom the dump of authors does not list is gone, as for the index
        authors=[
            (key, dumps.authors.get(key, {}).get("name"))
            for key in authors
            if key and (key in dumps.authors or not dumps.authors)
        ],
        subjects=_slugs(work),
        empty_role_count=roles.count(None),
    )


def _title(work: Record, editions: list[Record]) -> str | None:
    titles = [record.get("title") for record in (work, *editions)]
    first = next((title for title in titles if title), None)
    return visible(None if first is None else str(first))


def _cover(work: Record, editions: list[Record]) -> tuple[int | None, str | None]:
    listed = [cover for record in (work, *editions) for cover in record.get("covers", [])]
    covers = [cover for cover in listed if cover not in {None, -1}]
    if not covers:
        return None, None
    shown = [edition["key"] for edition in editions if covers[0] in edition.get("covers", [])]
    return covers[0], shown[0].removeprefix("/books/") if shown else None


def _slugs(work: Record) -> set[str]:
    slugs = set()
    for name, prefix in _PREFIXES.items():
        for subject in work.get(name, []):
            # letter by letter, as engines do
            lower = "".join(letter.lower()[0] for letter in (subject or "").strip())
            kept = "".join(letter for letter in lower if letter not in _DROPPED)
            if slug := kept.replace(" ", "_"):
                slugs.add(prefix + slug)
    return slugs


def book_redirects(dumps: Dumps) -> Rows:
    """Every key that was moved or deleted, and the one that stands for it now."""
    return {(key,): {"to_key": dumps.follow(key)} for key in dumps.moves}
