"""The books in the dumps of a day, in plain Python, by Open Library's rules for its index.

It shares nothing with the models: it reads lines, one record at a time, and holds everything.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.support.catalog_rules import Book, Rows, plausible, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Record = dict[str, Any]

_YEAR = re.compile(r"\b([0-9]{4})\b")  # letters of any script bound it, but digits are ASCII
_AUTHOR = re.compile(r"/authors/OL[0-9]+A")
_KEYS = {
    "works": re.compile("/works/OL[0-9]+W"),
    "editions": re.compile("/books/OL[0-9]+M"),
    "authors": re.compile("/authors/OL[0-9]+A"),
}
_SHELVES = {
    "Want to Read": "want_to_read_count",
    "Currently Reading": "reading_count",
    "Already Read": "read_count",
    "Stopped Reading": "stopped_reading_count",
}
_PERIODS = {  # in months before the day after the dump's
    "reader_count_12_months": range(1, 13),
    "reader_count_12_months_before": range(13, 25),
    "reader_count_3_months": range(1, 4),
    "reader_count_3_months_before": range(4, 7),
}
_PRIOR_COUNT = 10
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
    ratings: list[tuple[str, int]] = field(default_factory=list)  # work, stars
    readers: list[tuple[str, str, date]] = field(default_factory=list)  # work, shelf, since when
    rejected: dict[tuple[str, str], str] = field(default_factory=dict)  # by kind and key
    rejected_lines: dict[tuple[str, str], str] = field(default_factory=dict)  # by kind and line

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
    """Read the dumps of a day."""
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
    for work, _, stars, _ in _rows(dumps, folder, "ratings"):
        dumps.ratings.append((work, int(stars)))
    for work, _, shelf, since in _rows(dumps, folder, "reading-log"):
        dumps.readers.append((work, shelf, date.fromisoformat(since)))
    return dumps


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line's key and JSON."""
    for _, key, _, _, text in _columns(path):
        yield key, text


def _columns(path: Path) -> Iterator[list[str]]:
    if path.exists():
        with gzip.open(path, "rt", encoding="ascii", newline="\n") as lines:
            for line in lines:
                yield line.rstrip("\n").split("\t")


def _rows(dumps: Dumps, folder: Path, kind: str) -> Iterator[list[str]]:
    """The sound lines of ratings or of the reading log; why the others are not is noted."""
    for row in _columns(folder / f"ol_dump_{kind}_{dumps.day}.txt.gz"):
        work, _, value, day = row
        if not _KEYS["works"].fullmatch(work):
            reason = "key is not of the form /works/OL…W"
        elif kind == "ratings" and value not in list("12345"):
            reason = "rating is not 1 to 5"
        elif kind == "reading-log" and value not in _SHELVES:
            reason = "shelf is not one of the four"
        elif not _is_day(day):
            reason = "date cannot be read"
        else:
            yield row
            continue
        dumps.rejected_lines[kind.replace("-", "_"), "\t".join(row)] = reason


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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


def book_popularity(dumps: Dumps, keys: Iterable[str]) -> Rows:
    """What readers make of the books with these keys, if they say anything."""
    ratings: dict[str | None, list[int]] = defaultdict(list)
    readers: dict[str | None, list[tuple[str, int]]] = defaultdict(list)
    for work, stars in dumps.ratings:
        ratings[dumps.follow(work)].append(stars)
    until = _month(date.fromisoformat(dumps.day) + timedelta(days=1))
    for work, shelf, since in dumps.readers:
        readers[dumps.follow(work)].append((shelf, until - _month(since)))
    months = {ago for its in readers.values() for _, ago in its}
    stars_of_all = [stars for _, stars in dumps.ratings]
    rows: Rows = {}
    for key in keys:
        own, shelves = ratings.get(key, []), Counter(shelf for shelf, _ in readers.get(key, []))
        if own or shelves:
            mean = sum(stars_of_all) / len(stars_of_all) if own else 0
            rows[key,] = {
                "rating_count": len(own),
                "rating_average": sum(own) / len(own) if own else None,
                "weighted_rating": (_PRIOR_COUNT * mean + sum(own)) / (_PRIOR_COUNT + len(own))
                if own
                else None,
                "reader_count": shelves.total(),
            }
            rows[key,] |= {column: shelves[shelf] for shelf, column in _SHELVES.items()}
            rows[key,] |= {
                period: sum(ago in within for _, ago in readers.get(key, []))
                if months.issuperset(within)
                else None
                for period, within in _PERIODS.items()
            }
    return rows


def _month(day: date) -> int:
    return day.year * 12 + day.month
