"""The catalog's marts from a list of books, in plain Python, by the marts' descriptions."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unicodedata import category

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Row = dict[str, Any]
Rows = dict[tuple[Any, ...], Row]

FIRST_YEAR, YEARS_AHEAD = 1450, 1

# each mart's key
KEYS = {
    "books": ("book_key",),
    "authors": ("author_key",),
    "author_books": ("author_key", "book_key"),
    "subject_books": ("subject", "book_key"),
    "subjects": ("subject",),
    "books_per_author_per_year": ("author_key", "first_publish_year"),
    "average_books_per_author": ("author_key",),
    "books_per_year": ("first_publish_year",),
    "book_redirects": ("from_key",),
    "book_popularity": ("book_key",),
    "rising_authors": ("author_key",),
    "editions": ("edition_key",),
    "isbns": ("isbn_13", "edition_key"),
    "book_languages": ("book_key", "language_code"),
    "publisher_books": ("publisher", "book_key"),
    "isbn_quality_summary": ("source", "reason"),
}


@dataclass
class Book:
    """A book as its newest source has it."""

    key: str
    title: str | None
    first_publish_year: int | None
    first_publish_year_reported: int | None
    edition_count: int | None
    cover_id: int | None
    cover_edition_key: str | None
    has_fulltext: bool | None
    source: str
    authors: list[tuple[str, str | None]] = field(default_factory=list)  # key, name; in order
    subjects: set[str] = field(default_factory=set)
    empty_role_count: int = 0

    @property
    def positions(self) -> dict[str, int]:
        """Each author's place in the list, from 1; the first where it is listed twice."""
        return {key: n for n, (key, _) in reversed(list(enumerate(self.authors, 1)))}


def plausible(year: int | None, fetched_in: int) -> int | None:
    """Give the year if it can be one of a first publication, for books fetched in a year."""
    return year if year is not None and FIRST_YEAR <= year <= fetched_in + YEARS_AHEAD else None


def visible(text: str | None) -> str | None:
    """Give the text if there is anything to be seen in it."""
    unseen = {"Zs", "Zl", "Zp", "Cc", "Cf"}
    return text if text and not unseen.issuperset(map(category, text)) else None


def marts(books: Iterable[Book], tracked: Iterable[str] = ("love", "space")) -> dict[str, Rows]:
    """Build the catalog's marts.

    Left out are times, what stands in other columns as well (the page's address), and what a
    subject's load says of itself.
    """
    books = list(books)
    names, years = _authors(books)
    pairs: Rows = {
        (key, book.key): {
            "author_position": position,
            "first_publish_year": book.first_publish_year,
            "title": book.title,
        }
        for book in books
        for key, position in book.positions.items()
    }
    per_year = Counter(
        (key, book.first_publish_year)
        for book in books
        for key in book.positions
        if book.first_publish_year is not None
    )
    per_author: dict[str, list[int]] = defaultdict(list)
    for key, year in per_year:
        per_author[key].append(year)
    book_counts = Counter(key for key, _ in pairs)
    return {
        "books": {(book.key,): _book(book) for book in books},
        "author_books": pairs,
        "authors": {
            (key,): {
                "author_name": names[key][0],
                "name_variant_count": names[key][1],
                "book_count": book_counts[key],
                "first_publish_year": min(years[key], default=None),
                "last_publish_year": max(years[key], default=None),
            }
            for key in names
        },
        "subject_books": {(slug, book.key): {} for book in books for slug in book.subjects},
        "subjects": _subjects(books, set(tracked)),
        "books_per_author_per_year": {
            (key, year): {"author_name": names[key][0], "book_count": count}
            for (key, year), count in per_year.items()
        },
        "average_books_per_author": {
            (key,): _average(names[key][0], active, sum(per_year[key, year] for year in active))
            for key, active in per_author.items()
        },
        "books_per_year": _per_year(books, per_year),
    }


def _book(book: Book) -> Row:
    return {
        "title": book.title,
        "first_publish_year": book.first_publish_year,
        "first_publish_year_reported": book.first_publish_year_reported,
        "edition_count": book.edition_count,
        "author_count": len(book.positions),
        "empty_role_count": book.empty_role_count,
        "subject_count": len(book.subjects),
        "cover_id": book.cover_id,
        "cover_edition_key": book.cover_edition_key,
        "has_fulltext": book.has_fulltext,
        "is_orphan_edition": book.key.endswith("M"),
        "source": book.source,
    }


def _authors(
    books: list[Book],
) -> tuple[dict[str, tuple[str | None, int]], dict[str, list[int]]]:
    """Give each author's preferred name with the number of spellings, and the books' years."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    years: dict[str, list[int]] = defaultdict(list)
    for book in books:
        first_names: dict[str, str | None] = {}
        for key, name in book.authors:
            first_names.setdefault(key, visible(name))
        for key, name in first_names.items():
            spellings[key].update([name] if name else [])
            years[key] += [book.first_publish_year] if book.first_publish_year is not None else []
    # of equally frequent ones the first in the alphabet, as all were fetched at once
    preferred = {
        key: (min(found, key=_rank(found), default=None), len(found))
        for key, found in spellings.items()
    }
    return preferred, years


def _rank(found: Counter[str]) -> Callable[[str], tuple[int, str]]:
    return lambda name: (-found[name], name)


def _subjects(books: list[Book], tracked: set[str]) -> Rows:
    members: dict[str, list[Book]] = {slug: [] for slug in tracked}
    for book in books:
        for slug in book.subjects:
            members.setdefault(slug, []).append(book)
    return {
        (slug,): {
            "book_count": len(its),
            "author_count": len({key for book in its for key, _ in book.authors}),
            "is_tracked": slug in tracked,
        }
        for slug, its in members.items()
    }


def _average(name: str | None, active: list[int], count: int) -> Row:
    career = max(active) - min(active) + 1
    return {
        "author_name": name,
        "book_count": count,
        "active_year_count": len(active),
        "career_year_count": career,
        "average_books_per_active_year": count / len(active),
        "average_books_per_career_year": count / career,
    }


def _per_year(books: list[Book], per_year: Counter[tuple[str, int]]) -> Rows:
    rows = {}
    dated = Counter(b.first_publish_year for b in books if b.first_publish_year is not None)
    for year, count in dated.items():
        of_authors = [number for (_, its), number in per_year.items() if its == year]
        rows[year,] = {
            "book_count": count,
            "author_count": len(of_authors),
            "average_books_per_author": sum(of_authors) / len(of_authors) if of_authors else None,
        }
    return rows
