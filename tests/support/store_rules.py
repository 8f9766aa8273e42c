"""The store's marts in plain Python, by their descriptions, from the marts they are built of."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, Any]
Table = Sequence[Row]

SCORES = {"isbn": 1.0, "isbn of several books": 0.75}
RISING_PRIOR = 10
WEIGHTS = {"interest_part": 0.6, "rating_part": 0.25, "rising_part": 0.15}


def words(text: str | None) -> list[str]:
    """The words of a text for comparisons: small letters and digits without accents."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", text or "")
        if unicodedata.category(letter)[0] != "M"
    )
    small = unicodedata.normalize("NFC", bare).lower()
    return "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in small).split()


def candidates(items: Table, marts: Mapping[str, Table]) -> dict[tuple[str, str], Row]:
    """``store_book_candidates`` by item and book."""
    of_isbn = group(marts["isbns"], "isbn_13")
    of_title = defaultdict(list)
    for book in marts["books"]:
        of_title[tuple(words(book["title"]))].append(book["book_key"])
    names = {author["author_key"]: author["author_name"] for author in marts["authors"]}
    authors = group(marts["author_books"], "book_key")
    found: dict[tuple[str, str], Row] = {}
    for item in items:
        editions = [row for row in of_isbn.get(item["isbn_13"], []) if row["book_key"]]
        classes: dict[str, tuple[float, str]] = {}
        name = (
            "isbn" if len({row["book_key"] for row in editions}) == 1 else "isbn of several books"
        )
        for row in editions:
            classes[row["book_key"]] = (SCORES[name], name)
        is_sure = name == "isbn" and bool(editions)
        if words(item["title"]):
            for key in of_title.get(tuple(words(item["title"])), []):
                given = set(words(item["author_name"]))
                theirs = [set(words(names[row["author_key"]])) for row in authors.get(key, [])]
                known = [one for one in theirs if one]
                overlap = max((len(given & one) / len(given | one) for one in known), default=0)
                if given and known and not overlap:
                    continue
                if is_sure and overlap < 1:
                    continue
                fits = (1 + overlap) / 2, _class(overlap)
                if key not in classes or fits[0] > classes[key][0]:
                    classes[key] = fits
        if is_sure:
            (its_book,) = {row["book_key"] for row in editions}
            bests = {its_book}
        else:
            most = max((score for score, _ in classes.values()), default=0)
            bests = {key for key, (score, _) in classes.items() if score == most}
        for key, (score, match_class) in classes.items():
            least = min((r["edition_key"] for r in editions if r["book_key"] == key), default=None)
            found[item["store_book_key"], key] = {
                "edition_key": least if match_class == "isbn" else None,
                "match_class": match_class,
                "score": score,
                "is_best": key in bests,
                "is_match": bests == {key} and score > SCORES["isbn of several books"],
            }
    return found


def _class(overlap: float) -> str:
    if overlap == 1:
        return "title and author"
    return "title and similar author" if overlap > 0.5 else "title only"


def store_books(
    items: Table, found: Mapping[tuple[str, str], Row], marts: Mapping[str, Table]
) -> dict[str, Row]:
    """What ``store_books`` says of each item's book."""
    of_book = group(marts["editions"], "book_key")
    listed: dict[str, set[str]] = defaultdict(set)
    for row in marts["isbns"]:
        listed[row["edition_key"]].add(row["isbn_13"])
    books = {}
    for item in items:
        best = {
            book: row
            for (key, book), row in found.items()
            if key == item["store_book_key"] and row["is_best"]
        }
        book = next((book for book, row in best.items() if row["is_match"]), None)
        match = best.get(book or "", {})
        years: dict[str, int] = {}
        for edition in of_book.get(book, []) if book else ():
            isbn = edition["isbn_13"]
            if isbn and item["isbn_13"] not in listed[edition["edition_key"]]:
                years[isbn] = max(years.get(isbn, 0), edition["publish_year"] or 0)
        is_out = item["stock"] is not None and item["stock"] <= 0
        others = sorted(years, key=lambda isbn: (-years[isbn], isbn))[:10]
        books[item["store_book_key"]] = {
            "book_key": book,
            "edition_key": match.get("edition_key"),
            "match_class": match.get("match_class"),
            "score": match.get("score"),
            "unmatched_reason": None if book else _reason(item, list(best.values())),
            "other_isbns": ", ".join(others) or None if is_out else None,
        }
    return books


def _reason(item: Row, best: Table) -> str:
    classes = {row["match_class"] for row in best}
    if "isbn of several books" in classes:
        return "ISBN stands for several books"
    if classes == {"title only"}:
        return "only the title fits"
    if classes:
        return "several books fit equally well"
    if item["isbn_13"]:
        return "ISBN is unknown, and title and author fit no book"
    if item["isbn_fault"]:
        return "ISBN is not valid, and title and author fit no book"
    return "there is no ISBN, and title and author fit no book"


def books_to_add(
    items: Table,
    found: Mapping[tuple[str, str], Row],
    marts: Mapping[str, Table],
    tracked: Iterable[str],
) -> dict[tuple[str, str], Row]:
    """``books_to_add`` by subject, "" for all, and book, of items that are not deleted."""
    keys = {item["store_book_key"] for item in items}
    near = {"isbn of several books", "title and author"}
    sold = {
        book
        for (key, book), row in found.items()
        if key in keys and (row["is_best"] or row["match_class"] in near)
    }
    shared = {
        (row["edition_key"], row["isbn_13"]) for row in marts["isbns"] if row["book_count"] > 1
    }
    popularity = {row["book_key"]: row for row in marts["book_popularity"]}
    books = {row["book_key"]: row for row in marts["books"]}
    editions = group([row for row in marts["editions"] if row["isbn_13"]], "book_key")
    names = {author["author_key"]: author["author_name"] for author in marts["authors"]}
    authors = group(marts["author_books"], "book_key")
    languages = group(marts["book_languages"], "book_key")
    added: dict[tuple[str, str], Row] = {}
    for subject in ["", *tracked]:
        of_subject = (
            [
                popularity[row["book_key"]]
                for row in marts["subject_books"]
                if row["subject"] == subject and row["book_key"] in popularity
            ]
            if subject
            else list(popularity.values())
        )
        most = max((row["reader_count"] for row in of_subject), default=0)
        wanted = [
            row | parts(row, most)
            for row in of_subject
            if row["book_key"] in editions and row["book_key"] not in sold
        ]
        wanted.sort(key=lambda row: (-row["score"], -row["reader_count"], row["book_key"]))
        for rank, row in enumerate(wanted, 1):
            key = row["book_key"]
            newest = sorted(
                editions[key],
                key=lambda one: (
                    (one["edition_key"], one["isbn_13"]) in shared,
                    -(one["publish_year"] or 0),
                    one["edition_key"],
                ),
            )
            kinds: dict[tuple[object, ...], Row] = {}
            for one in newest:
                form = (one["physical_format"] or "").lower()
                form = form.translate({ord(";"): ",", 10: " ", 13: None, 40: None, 41: None})
                kind = one["languages"], form
                kinds.setdefault(kind, one)
            orders: dict[str, str] = {}
            for (spoken_in, form), one in kinds.items():
                is_shared = (one["edition_key"], one["isbn_13"]) in shared
                known = [spoken_in, form, one["publish_year"], is_shared and "of several books"]
                told = ", ".join(str(part) for part in known if part)
                orders.setdefault(
                    one["isbn_13"], f"{one['isbn_13']} ({told})" if told else one["isbn_13"]
                )
            listed = sorted(authors.get(key, []), key=lambda one: one["author_position"])
            spoken = sorted(
                languages.get(key, []),
                key=lambda one: (-one["edition_count"], one["language_code"]),
            )
            written: dict[str, str] = {}
            for one in listed:
                if (author := names[one["author_key"]]) is not None:
                    written.setdefault(" ".join(author.split()).casefold(), author)
            added[subject, key] = {
                "rank": rank,
                "title": books[key]["title"],
                "authors": "; ".join(written.values()) or None,
                "first_publish_year": books[key]["first_publish_year"],
                "score": row["score"],
                **{part: row[part] for part in WEIGHTS},
                "reader_count": row["reader_count"],
                "rating_count": row["rating_count"],
                "weighted_rating": row["weighted_rating"],
                "isbn_13": newest[0]["isbn_13"],
                "isbns_to_order": "; ".join(orders.values()),
                "languages": ", ".join(one["language_code"] for one in spoken) or None,
            }
    return added


def parts(popularity: Row, most_readers: int) -> Row:
    """The parts of a score and their sum."""
    recent, before = (
        popularity["reader_count_12_months"],
        popularity["reader_count_12_months_before"],
    )
    rating = popularity["weighted_rating"]
    all_parts = {
        "interest_part": math.log1p(popularity["reader_count"]) / math.log1p(most_readers)
        if most_readers
        else 0,
        "rating_part": 0 if rating is None else (rating - 1) / 4,
        "rising_part": 0
        if recent is None or before is None
        else (recent + RISING_PRIOR / 2) / (recent + before + RISING_PRIOR),
    }
    rounded = {name: _rounded(part) for name, part in all_parts.items()}
    return rounded | {"score": _rounded(sum(WEIGHTS[name] * rounded[name] for name in WEIGHTS))}


def _rounded(part: float) -> float:
    return math.floor(part * 1e4 + 0.5) / 1e4


def group(table: Table, column: str) -> dict[Any, list[Row]]:
    """The rows by what a column has."""
    grouped = defaultdict(list)
    for row in table:
        grouped[row[column]].append(row)
    return dict(grouped)
