"""The answers, computed again from the received files, without SQL."""

from __future__ import annotations

import csv
import re
import statistics
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.support import catalog_rules, dump_rules, store_rules
from tests.support.catalog_rules import Book
from tests.support.project import DUMP, DUMP_DATE, ROOT, STORE, Project
from tests.support.streaming_files import dump, rows

from .conftest import love

Row = dict[str, Any]

FILES = ROOT / "samples" / "streaming"
CET = timezone(timedelta(hours=1))


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def books_of_movies() -> dict[str, set[str]]:
    """Book titles by movie title, as the reviews have them, in lower case."""
    found: dict[str, set[str]] = {}
    for review in dump("reviews"):
        titles = {book["metadata"]["title"].lower() for book in review["books"]}
        for movie in review["movies"]:
            if movie["title"] != "end":
                found.setdefault(movie["title"].lower(), set()).update(titles)
    return found


def singaporean_titles() -> set[str]:
    """Titles of exactly one book, whose author is from Singapore, in lower case."""
    nationals = {
        author["metadata"]["name"]
        for author in dump("authors")
        if any(nationality["slug"] == "singaporeans" for nationality in author["nationalities"])
    }
    books = dump("books")
    having = Counter(book["name"].lower() for book in books)
    return {
        book["name"].lower()
        for book in books
        if book["author"] in nationals and having[book["name"].lower()] == 1
    }


@pytest.fixture(scope="module")
def printed(shop: Project, tmp_path_factory: pytest.TempPathFactory) -> str:
    copy = shop.copy(tmp_path_factory.mktemp("answers"))  # dbt lets nobody else read meanwhile
    return copy.script("answers.py", "dev")


def parts(printed: str) -> list[tuple[str, str]]:
    """The text before and after the word that opens each list of assumptions."""
    split = [part.partition("\nAssumed ") for part in printed.split("## ")[1:]]
    return [(before, after) for before, _, after in split]


def answers(printed: str) -> list[dict[str, float]]:
    """The figures below each heading, without the assumptions."""
    return [
        {
            name: float(value)
            for name, value in re.findall(r"^- (\w+): (\S+)$", figures, re.MULTILINE)
        }
        for figures, _ in parts(printed)
    ]


def test_the_answers_are_those_of_another_program(printed: str) -> None:
    streams = rows("streams")
    minutes = {
        id(stream): (moment(stream["end_at"]) - moment(stream["start_at"])) / timedelta(minutes=1)
        for stream in streams
    }
    durations = {movie["title"].lower(): int(movie["duration_mins"]) for movie in rows("movies")}
    streamed = {stream["movie_title"].lower() for stream in streams}
    based_on = books_of_movies()
    bookish = streamed & based_on.keys()

    begin, end = (datetime(2021, 12, 25, hour, tzinfo=CET) for hour in (7, 12))
    affected = [
        stream["user_email"]
        for stream in streams
        if stream["movie_title"].lower() == "unforgiven"
        and moment(stream["start_at"]) < end
        and moment(stream["end_at"]) > begin
    ]
    last_week = [
        stream
        for stream in streams
        if 25 <= (day := moment(stream["start_at"]).astimezone(CET)).day <= 31
        and (day.year, day.month) == (2021, 12)
    ]
    half = {
        stream["user_email"]
        for stream in last_week
        if minutes[id(stream)] >= durations[stream["movie_title"].lower()] / 2
    }
    mean = statistics.fmean(minutes.values())
    lacking = (streamed | based_on.keys()) - durations.keys()

    assert answers(printed)[:6] == [
        {
            "streamed_movie_count": len(streamed),
            "based_on_book_count": len(bookish),
            "percentage": round(100 * len(bookish) / len(streamed), 2),
            "not_in_catalogue_count": len(lacking),
        },
        {"user_count": len(set(affected)), "stream_count": len(affected)},
        {"movie_count": sum(bool(based_on[movie] & singaporean_titles()) for movie in bookish)},
        {"minutes": round(mean, 2), "hours": round(mean / 60, 2)},
        {"megabytes": round(statistics.median(float(s["size_mb"]) for s in streams), 2)},
        {
            "user_count": len(half),
            "streaming_user_count": len({stream["user_email"] for stream in last_week}),
        },
    ]


def lists(printed: str) -> list[list[list[str]]]:
    """The rows of the table below each heading, without its header."""
    tables = [re.findall(r"^\| (.*) \|$", figures, re.MULTILINE) for figures, _ in parts(printed)]
    return [[line.split(" | ") for line in table[1:]] for table in tables]


def placed(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    """The first ten rows as they are printed, with their places."""
    texts = [["\N{EN DASH}" if value is None else str(value) for value in row] for row in rows[:10]]
    return [[str(place), *row] for place, row in enumerate(texts, 1)]


class Shop:
    """The samples of a dump, a subject and a store, put together in plain Python."""

    def __init__(self) -> None:
        self.dumps = dump_rules.read(DUMP, DUMP_DATE)
        self.books = [*dump_rules.books(self.dumps), *map(of_the_api, love())]
        keys = [book.key for book in self.books]
        found = catalog_rules.marts(self.books) | dump_rules.editions(self.dumps, keys)
        found["book_popularity"] = dump_rules.book_popularity(self.dumps, keys)
        self.marts = {
            name: [
                dict(zip(catalog_rules.KEYS[name], key, strict=True)) | row
                for key, row in table.items()
            ]
            for name, table in found.items()
        }
        self.titles = {book.key: book.title or "" for book in self.books}
        self.readers = {
            row["book_key"]: row["reader_count"] for row in self.marts["book_popularity"]
        }
        self.items = catalogue()
        self.candidates = store_rules.candidates(self.items, self.marts)
        matches = store_rules.store_books(self.items, self.candidates, self.marts)
        self.sold: dict[str, list[Row]] = defaultdict(list)
        for item in self.items:
            if book := matches[item["store_book_key"]]["book_key"]:
                self.sold[book].append(item)
        self.subjects = {
            row["subject"]
            for name in ("tracked_subjects", "store_categories")
            for row in csv_rows(ROOT / "seeds" / f"{name}.csv")
        }

    def by_readers(self, key: str) -> tuple[int, str, str]:
        return -self.readers.get(key, 0), self.titles[key], key

    def newest(self, key: str, column: str, value: str = "") -> Row | None:
        """The newest edition of a book that has something in a column, or this among others."""
        editions = [row for row in self.marts["editions"] if row["book_key"] == key and row[column]]
        fitting = [row for row in editions if not value or value in row[column].split(", ")]
        order = sorted(fitting, key=lambda row: (-(row["publish_year"] or 0), row["edition_key"]))
        return order[0] if order else None


def csv_rows(path: Any) -> list[dict[str, str]]:  # noqa: ANN401 - a path
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_the_api(work: Row) -> Book:
    authors = [(author["key"], author["name"]) for author in work["authors"]]
    year, count = work["first_publish_year"], work["edition_count"]
    return Book(work["key"], work["title"], year, year, count, None, None, None, "api", authors)


def catalogue() -> list[Row]:
    """The items of the store's file: of those with the same key the last, without what is none."""
    items = {}
    for row in csv_rows(STORE / "books.csv"):
        isbn, _ = dump_rules.read_isbn(row["isbn"])
        if isbn or row["title"]:
            key = isbn or "\n".join((row["isbn"], row["title"], row["author"])).lower()
            items[key] = {
                "store_book_key": key,
                "isbn_13": isbn,
                "isbn_fault": None,
                "title": row["title"] or None,
                "author_name": row["author"] or None,
                "stock": int(row["stock"]) if row["stock"] else None,
            }
    return list(items.values())


def test_the_shops_answers_are_those_of_another_program(printed: str) -> None:
    shop = Shop()
    assert len(shop.items) == 42  # of 44 lines: one comes twice, one is rejected
    assert sum(map(len, shop.sold.values())) == 23  # as the report says
    added = store_rules.books_to_add(shop.items, shop.candidates, shop.marts, shop.subjects)
    ours = {key for subject, key in added if subject}
    best = [row | {"key": key} for (subject, key), row in added.items() if not subject]
    best.sort(key=lambda row: (-row["score"], -row["reader_count"], row["key"]))
    columns = ("title", "authors", "reader_count", "rating_count", "score", "isbn_13")
    to_add = [tuple(row[name] for name in columns) for row in best if row["key"] in ours]

    again = []
    sold_out = [key for key, items in shop.sold.items() if {item["stock"] for item in items} == {0}]
    for key in sorted(sold_out, key=shop.by_readers):
        own = max((item["isbn_13"] for item in shop.sold[key] if item["isbn_13"]), default=None)
        edition = shop.newest(key, "isbn_13")
        told = (
            [edition[name] for name in ("publisher", "publish_year")] if edition else [None, None]
        )
        isbn = edition["isbn_13"] if edition else own
        again.append((shop.titles[key], shop.readers.get(key, 0), isbn, *told))

    in_dump = {row["book_key"] for row in shop.marts["editions"]}
    copies = {
        key: sum(item["stock"] or 0 for item in items)
        for key, items in shop.sold.items()
        if key in in_dump and key not in shop.readers
    }
    years = {book.key: book.first_publish_year for book in shop.books}
    unknown = [
        (shop.titles[key], years[key], count)
        for key, count in sorted(
            copies.items(), key=lambda pair: (-pair[1], shop.titles[pair[0]], pair[0])
        )
        if count
    ]

    of_ours = {
        row["book_key"]
        for row in shop.marts["subject_books"]
        if row["subject"] in shop.subjects and row["book_key"] in in_dump
    }
    french = [
        (
            shop.titles[key],
            *(row[name] for name in ("publisher", "publish_year", "isbn_13")),
            shop.readers.get(key, 0),
        )
        for key in sorted(of_ours, key=shop.by_readers)
        if (row := shop.newest(key, "languages", "fre"))
    ]

    assert dump_rules.rising_authors(shop.dumps, shop.books) == {}
    assert min(map(len, (to_add, again, unknown, french))) > 0
    answered = lists(printed)[6:]
    assert answered == [placed(to_add), placed(again), [], placed(unknown), placed(french)]
    assert "\n- none\n" in parts(printed)[8][0]


def test_each_answer_lists_by_itself_what_it_assumes(printed: str) -> None:
    # what the question leaves open, and what its answer must therefore say
    opened = [
        ["Streamed: ", "Based on a book: ", "Not in the catalogue: "],
        ["Time zone: ", "+01:00", "UTC", "Affected: "],
        ["Streamed: ", "Based on a book: ", "Author: ", "Singaporean: "],
        ["Duration: ", "Average: "],
        ["Size: ", "Median: "],
        ["Time zone: ", "+01:00", "UTC", "Last week: ", "Watched half: "],
        ["Our subjects: ", "Readers want a book: ", "Not sold: ", "Can be ordered: ", "score"],
        ["Out of stock: ", "Edition: ", "newest", "no such edition is known"],
        ["Rising: ", "Enough to mean something: ", "100 readers", "Months: "],
        ["We sell: ", "Nobody knows: ", "books of the dump"],
        ["Our subjects: ", "In French: ", "Publisher: "],
    ]
    for (_, assumed), words in zip(parts(printed), opened, strict=True):
        first, *lines = assumed.strip().splitlines()
        assert first.startswith("([SQL](../analyses/answer_")
        assert all(line.startswith("- ") and len(line) <= 100 for line in lines if line)
        assert [word for word in words if word not in assumed] == []


def test_the_published_answers_are_those_that_are_printed(printed: str) -> None:
    published = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
    assert published.endswith(printed.rstrip() + "\n")


@pytest.mark.needs_dbt
def test_answers_of_a_warehouse_that_is_not_built_are_one_line(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    complaint = Project(tmp_path_factory.mktemp("empty")).script("answers.py", "dev", fails=True)
    assert complaint.startswith("answers: error: ")
    assert "make build" in complaint
