"""What the page holds of long lists: as much as keeps it small enough to be sent by e-mail.

A list's best rows come first. Where a list is cut, the page says how many rows it holds, and which
table has all.
"""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]
    Tables = Mapping[str, Sequence[Row]]

MOST_BYTES = 900_000  # packed; beside the libraries, 1.8 MB, and the words: the page is below 3 MB
MOST_ROWS = (200, 100, 50, 20)  # of a list, of which the first number that fits is taken
MOST_ISBNS = 6  # of a book to add

# The column that ranks the rows of each list, within its group.
RANKS = {
    "report_author_profile_books": "book_rank",
    "report_authors": "author_rank",
    "report_books": "book_rank",
    "report_books_to_add": "add_rank",
    "report_changed_books": "book_rank",
    "report_implausible_years": "book_rank",
    "report_movie_books": "movie_book_rank",
    "report_movies": "movie_rank",
    "report_rising_authors": "author_rank",
}


def packed(tables: Tables, groups: Mapping[str, str | None], **others: object) -> str:
    """Pack what the page's script reads: JSON, compressed, in letters and digits.

    Args:
        tables: the analyses' rows.
        groups: the tables that the script reads, each with the column by which it reads them.
        others: what the script reads besides.
    """
    scopes = {row["scope"] for row in tables["report_scopes"]}
    held: dict[str, Sequence[Row]] = {
        # a subject that cannot be chosen takes no room
        name: [row for row in tables[name] if group != "scope" or row["scope"] in scopes]
        for name, group in groups.items()
    }
    held["report_books_to_add"] = [
        {**row, "isbns_to_order": fewer_isbns(row["isbns_to_order"], row["languages"])}
        for row in held["report_books_to_add"]
    ]
    for most in MOST_ROWS:
        cut = {
            name: _compact(
                [row for row in rows if name not in RANKS or row[RANKS[name]] <= most],
                groups[name],
            )
            for name, rows in held.items()
        }
        text = json.dumps(
            {"tables": cut, **others}, ensure_ascii=False, separators=(",", ":"), default=_plain
        )
        data = base64.b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode()
        if len(data) <= MOST_BYTES:
            break
    return data


def fewer_isbns(isbns: str, languages: str | None) -> str:
    """Keep a few of the ISBNs to order: the newest of each frequent language, then others."""
    listed = [isbn for isbn in isbns.split("; ") if isbn]
    kinds = {isbn: isbn.partition(" (")[2].removesuffix(")").split(", ") for isbn in listed}
    newest = listed[:1]
    for language in (languages or "").split(", "):
        newest += [isbn for isbn in listed if language in kinds[isbn]][:1]
    kept = list(dict.fromkeys([*newest, *listed]))[:MOST_ISBNS]
    return "; ".join(isbn for isbn in listed if isbn in kept)


def _compact(rows: Sequence[Row], group: str | None) -> dict[str, Any]:
    """Name the columns once, and file the rows by group."""
    columns = [column for column in (rows[0] if rows else ()) if column != group]
    lists = ([row[column] for column in columns] for row in rows)
    if group is None:
        return {"columns": columns, "rows": list(lists)}
    groups: dict[str, list[list[Any]]] = {}
    for row, values in zip(rows, lists, strict=True):
        groups.setdefault(row[group], []).append(values)
    return {"columns": columns, "groups": groups}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.replace(tzinfo=UTC).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case _:
            raise TypeError(f"{type(value).__name__} is not a type that marts hold")
