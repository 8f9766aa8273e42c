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

from tests.support.catalog_rules import Book, Row, Rows, marts, plausible, visible

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
_MOST_PAGES = 50_000
_ENOUGH_READERS = 100
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
            mean = sum(stars_of_all) / len(stars_of_all) if stars_of_all else None
            rows[key,] = {
                "rating_count": len(own),
                "rating_average": sum(own) / len(own) if own else None,
                "weighted_rating": None
                if mean is None
                else (_PRIOR_COUNT * mean + sum(own)) / (_PRIOR_COUNT + len(own)),
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


def rising_authors(dumps: Dumps, books: Iterable[Book]) -> Rows:
    """The authors whom enough readers read of late, if the log has all of its last 12 months."""
    books = list(books)
    names = marts(books)["authors"]
    popularity = book_popularity(dumps, (book.key for book in books))
    last_year = (date.fromisoformat(dumps.day) + timedelta(days=1)).year - 1
    by_author: dict[str, list[Book]] = defaultdict(list)
    for book in books:
        for author in book.positions:
            by_author[author].append(book)
    rows: Rows = {}
    for author, its in by_author.items():
        read = [popularity[book.key,] for book in its if (book.key,) in popularity]
        recent = [row["reader_count_12_months"] for row in read]
        before = [row["reader_count_12_months_before"] for row in read]
        if None in recent or sum(recent) < _ENOUGH_READERS:
            continue
        ages = [last_year - b.first_publish_year for b in its if b.first_publish_year is not None]
        known = None if None in before else sum(before)
        rows[author,] = {
            "author_name": names[author,]["author_name"],
            "book_count": len(its),
            "book_count_5_years": sum(0 <= age < 5 for age in ages),
            "book_count_5_years_before": sum(5 <= age < 10 for age in ages),
            "reader_count_12_months": sum(recent),
            "reader_count_12_months_before": known,
            "reader_growth": None
            if known is None
            else (sum(recent) - known) / max(known, _ENOUGH_READERS),
        }
    return rows


def _month(day: date) -> int:
    return day.year * 12 + day.month


# --- editions -------------------------------------------------------------------------------------

_IGNORED = re.compile(r"[\s\x1c-\x1f\u2010-\u2015\u2212\u00ad\u200b-\u200f\ufeff-]")
_ISBN = re.compile(r"""(?:ISBN(?:1[03])?:?|=")?([0-9]{9}[0-9X]|[0-9]{13})(?:"|\.0)?""")
_SHORTENED = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_NOTHING = {"null", r"\n", "n/a", "#n/a", "nan", "none", "undefined"}


def read_isbn(written: str) -> tuple[str | None, str | None]:
    """Give the ISBN-13 that a text stands for, or what is wrong with it; neither for nothing."""
    text = _IGNORED.sub("", written).upper()
    if not text:
        return None, None
    match = _ISBN.fullmatch(text)
    if not match:
        return None, _fault_without_digits(written.strip())
    digits = match[1]
    if len(digits) == 10:
        values = [10 if digit == "X" else int(digit) for digit in digits]
        if sum(value * weight for value, weight in zip(values, range(10, 0, -1), strict=True)) % 11:
            return None, "wrong check digit"
        begun = f"978{digits[:9]}"
        return begun + next(d for d in "0123456789" if _is_ean(begun + d)), None
    if digits[:3] not in {"978", "979"} or digits[:4] == "9790":
        return None, "no book prefix"
    return (digits, None) if _is_ean(digits) else (None, "wrong check digit")


def _fault_without_digits(written: str) -> str | None:
    if written.lower() in _NOTHING:
        return None
    return "shortened by a spreadsheet" if _SHORTENED.fullmatch(written) else "not 10 or 13 digits"


def _is_ean(digits: str) -> bool:
    return sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10 == 0


def _texts(record: Record, *names: str) -> list[str]:
    """The texts of lists of a record; what is no list of texts has none."""
    lists = [record.get(name) for name in names]
    sound = [
        each
        for each in lists
        if isinstance(each, list) and all(isinstance(text, str | None) for text in each)
    ]
    return [text for each in sound for text in each if text is not None]


def _isbns(edition: Record) -> list[str]:
    found = [read_isbn(text)[0] for text in _texts(edition, "isbn_13", "isbn_10")]
    return list(dict.fromkeys(isbn for isbn in found if isbn))


def _languages(edition: Record) -> list[str]:
    written = json.dumps(edition.get("languages"))  # as keys, or as objects with keys
    return list(dict.fromkeys(re.findall('"/languages/([a-z]+)"', written)))


def _publishers(edition: Record) -> list[str]:
    names = [name.strip() for name in _texts(edition, "publishers")]
    return list(dict.fromkeys(name for name in names if name))


def editions(dumps: Dumps, keys: Iterable[str]) -> dict[str, Rows]:
    """The marts of editions, where there are books with these keys."""
    known = set(keys)
    placed = {key: (_place(dumps, edition, known), edition) for key, edition in _sorted(dumps)}
    described = {key: _edition(dumps, book, edition) for key, (book, edition) in placed.items()}
    of_isbns: dict[str, dict[str, str | None]] = defaultdict(dict)
    of_languages: dict[tuple[str, ...], list[int | None]] = defaultdict(list)
    of_publishers: dict[tuple[str, ...], list[int | None]] = defaultdict(list)
    for key, (book, edition) in placed.items():
        year = described[key]["publish_year"]
        for isbn in _isbns(edition):
            of_isbns[isbn][key] = book
        for code in _languages(edition) if book else ():
            of_languages[str(book), code].append(year)
        for name in _publishers(edition) if book else ():
            of_publishers[name, str(book)].append(year)
    return {
        "editions": {(key,): row for key, row in described.items()},
        "isbns": {
            (isbn, key): {
                "book_key": book,
                "book_count": len({*books.values()} - {None}),
                "edition_count": len(books),
            }
            for isbn, books in of_isbns.items()
            for key, book in books.items()
        },
        "book_languages": {pair: _totals(years) for pair, years in of_languages.items()},
        "publisher_books": {pair: _totals(years) for pair, years in of_publishers.items()},
        "isbn_quality_summary": {
            ("dump", reason): {"isbn_count": count} for reason, count in _reasons(dumps).items()
        },
    }


def _sorted(dumps: Dumps) -> list[tuple[str, Record]]:
    return sorted(dumps.editions.items())


def _place(dumps: Dumps, edition: Record, known: set[str]) -> str | None:
    works = edition.get("works")
    own: str = edition["key"].replace("/books/", "/works/")
    book = dumps.follow(works[0]["key"]) if works else own
    return book if book in known else None


def _edition(dumps: Dumps, book: str | None, edition: Record) -> Row:
    date_of = edition.get("publish_date")
    year = _YEAR.search("" if date_of is None else str(date_of))
    pages, title = edition.get("number_of_pages"), edition.get("title")
    form = edition.get("physical_format")
    return {
        "book_key": book,
        "isbn_13": next(iter(_isbns(edition)), None),
        "title": visible(None if title is None else str(title)),
        "publisher": next(iter(_publishers(edition)), None),
        "languages": ", ".join(_languages(edition)) or None,
        "publish_date": str(date_of) if date_of not in {None, ""} else None,
        "publish_year": plausible(int(year[1]), dumps.year) if year else None,
        "page_count": pages if isinstance(pages, int) and 0 < pages <= _MOST_PAGES else None,
        "physical_format": form.strip() or None if isinstance(form, str) else None,
        "has_scan": edition.get("ocaid") not in {None, ""},
    }


def _totals(years: list[int | None]) -> Row:
    known = [year for year in years if year is not None]
    return {
        "edition_count": len(years),
        "first_publish_year": min(known, default=None),
        "newest_publish_year": max(known, default=None),
    }


def _reasons(dumps: Dumps) -> Counter[str]:
    """How many ISBNs are valid, once for each edition, and how many have which fault."""
    found = Counter({"valid": sum(len(_isbns(edition)) for edition in dumps.editions.values())})
    for edition in dumps.editions.values():
        faults = [read_isbn(text)[1] for text in _texts(edition, "isbn_13", "isbn_10")]
        found.update(fault for fault in faults if fault)
    return +found
