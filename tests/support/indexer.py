"""Open Library's search index of a universe: what its API says of each work, by subject.

It follows Open Library's indexer when it indexes everything, faults included, but for what that
leaves undefined: editions are taken in the order of their keys.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.support.faults import compact
from tests.support.universe import HALF

if TYPE_CHECKING:
    from tests.support.universe import Record, Universe

_YEAR = re.compile(r"\b(\d{4})\b")
_DROPPED = str.maketrans(dict.fromkeys(';/?:@&=+$,<>#%"{}|\\^[]`\n\r'))
_PREFIXES = {"subjects": "", "subject_people": "person:"}
_PREFIXES |= {"subject_places": "place:", "subject_times": "time:"}


class _NotIndexed(Exception):
    """The indexer logs an error and goes on to the next work."""


def index(universe: Universe) -> dict[str, list[bytes]]:
    """Index a universe: the API's works by slug, as the stand-in serves them."""
    editions: dict[str, list[Record]] = defaultdict(list)
    orphans = []
    for edition in sorted(universe.editions, key=lambda record: record["key"]):
        if edition.get("works"):
            editions[edition["works"][0].get("key", "")].append(edition)
        else:
            orphans.append(edition)
    authors = {record["key"]: record for record in universe.authors}
    works: dict[str, list[bytes]] = defaultdict(list)
    listed = [(work, editions[work["key"]]) for work in universe.works]
    listed += [(_work_of(edition), [edition]) for edition in orphans]
    for work, its in listed:
        try:
            document = compact(_document(work, its, authors, universe.old_names))
        except _NotIndexed:
            continue
        for slug in _slugs(work):
            works[slug].append(document)
    return works


def _work_of(edition: Record) -> Record:
    """The work that stands for an edition without one."""
    return {
        "key": edition["key"].replace("/books/", "/works/"),
        "title": edition.get("title"),
        "subjects": edition.get("subjects", []),
        "authors": [{"author": author} for author in edition.get("authors", [])],
    }


def _document(
    work: Record, editions: list[Record], authors: dict[str, Record], old_names: dict[str, str]
) -> dict[str, Any]:
    titles = [work.get("title"), *(edition.get("title") for edition in editions)]
    title = next(filter(None, titles), "__None__")
    dates = [edition.get("publish_date", "") for edition in editions]
    # Not one of these goes into the index: no Unicode, no texts, no numbers.
    if (
        HALF in str(title)
        or isinstance(title, dict)
        or not all(isinstance(date, str) for date in dates)
        or not all(isinstance(name, str) for field in _PREFIXES for name in work.get(field, []))
        or not all(isinstance(cover, int | None) for cover in work.get("covers", []))
    ):
        raise _NotIndexed
    keys = [_author_key(role) for role in work.get("authors", []) if "author" in role]
    years = [int(match[1]) for match in map(_YEAR.search, dates) if match]
    covers = [_first_cover(record) for record in (work, *editions)]
    cover = next(filter(None, covers), None)
    has_it = [edition for edition in editions if cover and cover in edition.get("covers", [])]
    return {
        "key": work["key"],
        "title": title,
        "edition_count": len(editions),
        "cover_id": cover,
        "cover_edition_key": has_it[0]["key"].removeprefix("/books/") if has_it else None,
        "authors": [
            {"key": key, "name": old_names.get(work["key"], authors[key].get("name", ""))}
            for key in keys
            if key in authors
        ],
        "first_publish_year": min(years, default=None),
        "has_fulltext": any("ocaid" in edition for edition in editions),
    }


def _author_key(role: Any) -> str:  # noqa: ANN401
    if not isinstance(role, dict):
        raise _NotIndexed
    author = role["author"]
    return author if isinstance(author, str) else author["key"]


def _first_cover(record: Record) -> int | None:
    return next((cover for cover in record.get("covers", []) if cover != -1), None)


def _slugs(work: Record) -> set[str]:
    """The subjects under which the API finds a work."""
    slugs = {
        (prefix, name.strip().lower().translate(_DROPPED).replace(" ", "_"))
        for field, prefix in _PREFIXES.items()
        for name in work.get(field, [])
    }
    return {prefix + slug for prefix, slug in slugs if slug}
