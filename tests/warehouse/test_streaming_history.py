"""Dump after dump: updates, deletes, repeats and returns, against a history kept in Python."""

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import NO_TESTS, NO_UNIT_TESTS, Project
from tests.support.streaming_files import Received, at, author, book, review

Version = tuple[object, ...]
Dump = dict[str, Version]
OPEN = datetime(9999, 1, 1)  # noqa: DTZ001 - the end of a version that has none

HISTORY = (
    *("--select", "+resource_type:snapshot", "+vendor_books", "+streams", "+loads"),
    *("--indirect-selection", "cautious"),
)
BUILD = ("build", *HISTORY, *NO_TESTS)
TESTED = ("build", *HISTORY, *NO_UNIT_TESTS)
ALL = (
    *("--select", "+path:models/marts/streaming", "+path:models/marts/operations"),
    *("--indirect-selection", "cautious"),
)


@pytest.fixture
def streaming(tmp_path: Path) -> Iterator[Project]:
    """A project of which nothing is landed; at the end all data tests pass."""
    project = Project(tmp_path)
    yield project
    build_and_test_all(project)


@pytest.fixture
def receive(streaming: Project) -> Callable[[Received], datetime]:
    """Land files and build; give the time of the load."""
    numbers = count()

    def land(received: Received) -> datetime:
        folder = received.write(streaming.scratch / f"received-{next(numbers)}")
        streaming.extract("files", "streaming", str(folder), "--allow-shrink")
        streaming.dbt(*BUILD)
        now = fetch(streaming, "select max(started_at) from loads where is_current")[0][0]
        assert isinstance(now, datetime)
        return now

    return land


def build_and_test_all(project: Project) -> None:
    project.dbt("build", *ALL, *NO_TESTS)
    project.dbt("test", *ALL, *NO_UNIT_TESTS)


def fetch(project: Project, query: str) -> list[tuple[Any, ...]]:
    with project.connect() as connection:
        return connection.execute(query).fetchall()


def histories(
    project: Project, columns: Iterable[tuple[str, str, str]]
) -> list[list[tuple[object, ...]]]:
    """Give the rows of each history as ``History`` does."""
    return [
        sorted(
            (*row[:4], row[4] or OPEN)
            for row in fetch(
                project,
                f"select {key}, {value}, dbt_is_deleted, dbt_valid_from, dbt_valid_to "  # noqa: S608
                f"from main_history.{history}",
            )
        )
        for history, key, value in columns
    ]


class History:
    """What SCD2 asks for, said in Python: the versions of each record, each with its time."""

    def __init__(self) -> None:
        self.versions: dict[str, list[tuple[Version, bool, datetime]]] = {}

    def take(self, dump: Dump, now: datetime) -> None:
        for key, version in dump.items():
            known = self.versions.setdefault(key, [])
            if not known or known[-1][:2] != (version, False):
                known.append((version, False, now))
        for key, known in self.versions.items():
            if key not in dump and not known[-1][1]:
                known.append((known[-1][0], True, now))

    def rows(self) -> list[tuple[object, ...]]:
        """Key, values, whether deleted, from, to."""
        return sorted(
            (key, *values, str(deleted), begin, end)
            for key, known in self.versions.items()
            for (values, deleted, begin), end in zip(
                known, [*(later[2] for later in known[1:]), OPEN], strict=True
            )
        )


def test_history_is_kept_over_random_dumps(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    dice = random.Random(5)  # noqa: S311 - not a secret
    books, authors, movies, reviews = History(), History(), History(), History()
    known = dict.fromkeys(range(12), 0)
    for turn in range(6):
        if turn != 3:  # the same dump once more
            known = {n: dice.choice([v, v, dice.randrange(3), -1]) for n, v in known.items()}
        there = {number: value for number, value in known.items() if value >= 0}
        received = Received(
            movies=[(f"Movie {n}", 90 + v, "English", 700) for n, v in there.items()],
            # something else differs each time, so that each dump is landed
            users=[("A", str(turn), "a@example.org")],
            books=[book(f"Book {n}", "Author", 100 + v) for n, v in there.items()],
            authors=[
                *(
                    author(f"Author {n}", f"190{v}-01-01T00:00:00.000+0000")
                    for n, v in there.items()
                ),
                author(None),
            ],
            reviews=[review(f"MOVIE {n}", at(1 + n, 8), 1 + v) for n, v in there.items()],
        )
        now = receive(received)
        streaming.dbt(*BUILD)  # a rerun adds nothing
        books.take({f"Book {n}": (100 + v,) for n, v in there.items()}, now)
        authors.take({f"Author {n}": (1900 + v,) for n, v in there.items()}, now)
        movies.take({f"movie {n}": (90 + v,) for n, v in there.items()}, now)
        reviews.take({f"movie {n}": (1 + v,) for n, v in there.items()}, now)

    expected = {
        ("vendor_books_history", "book_title", "page_count"): books,
        ("vendor_authors_history", "author_name", "year(birth_date)"): authors,
        ("movies_history", "movie_key", "duration_minutes"): movies,
        ("vendor_reviews_history", "movie_key", "rating"): reviews,
    }
    assert histories(streaming, expected) == [history.rows() for history in expected.values()]
    assert any("True" in row for row in books.rows()), "some were deleted"
    assert len(books.rows()) > len(books.versions) + 5, "some were changed"

    current = fetch(
        streaming,
        "select book_title, page_count, is_deleted, valid_from "
        "from vendor_books order by book_title",
    )
    assert [(k, p, str(d), f, OPEN) for k, p, d, f in current] == [
        row for row in books.rows() if row[-1] == OPEN
    ]

    with streaming.connect() as connection:
        connection.execute("drop schema main_history cascade")
    for _ in range(2):
        streaming.script("rebuild_history.py", "dev")
        assert histories(streaming, expected) == [history.rows() for history in expected.values()]


def test_streams_are_added_corrected_and_measured_again(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    def stream(day: int, minutes: int, movie: str = "RUSH", size: object = 1) -> tuple[object, ...]:
        return (movie, "a@example.org", size, at(day, 8), at(day, 8 + minutes // 60, minutes % 60))

    def table() -> list[tuple[Any, ...]]:
        return fetch(
            streaming,
            "select day(started_at), movie_key, size_mb, watched_minutes, movie_duration_minutes, "
            "watched_share, is_longer_than_movie from streams order by all",
        )

    receive(Received(streams=[stream(1, 50), stream(2, 150), stream(3, 30, "Other")]))
    assert table() == [
        (1, "rush", 1, 50, 100, 0.5, False),
        (2, "rush", 1, 150, 100, 1, True),
        (3, "other", 1, 30, None, None, None),
    ]
    # a day's file adds; one row corrects the length of a stream
    receive(Received(streams=[stream(4, 25), stream(2, 75, "Rush", 2)]))
    added = [
        (1, "rush", 1, 50, 100, 0.5, False),
        (2, "rush", 2, 75, 100, 0.75, False),
        (3, "other", 1, 30, None, None, None),
        (4, "rush", 1, 25, 100, 0.25, False),
    ]
    assert table() == added
    # a file that was landed before adds nothing; a movie's new duration and a new movie do
    receive(
        Received(
            movies=[("Rush", 50, "English", 700), ("OTHER", 0, "English", 700)],
            streams=[stream(1, 50), stream(2, 150), stream(3, 30, "Other")],
        )
    )
    measured = [
        (1, "rush", 1, 50, 50, 1, False),
        (2, "rush", 2, 75, 50, 1, True),
        (3, "other", 1, 30, 0, 1, True),
        (4, "rush", 1, 25, 50, 0.5, False),
    ]
    assert table() == measured
    streaming.dbt(*BUILD, "--full-refresh")
    assert table() == measured, "built from nothing it is the same"


def test_history_does_not_go_back(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    receive(Received())
    before = fetch(streaming, "from main_history.vendor_books_history")
    with streaming.connect() as connection:  # nothing but the history knows the load
        connection.execute("drop schema main_intermediate cascade")
    elsewhere = streaming.raw_root.rename(streaming.scratch / "elsewhere")
    complaint = streaming.dbt(*BUILD, fails=True)
    assert "point RAW_ROOT to the whole raw zone" in complaint
    streaming.dbt("run", "--select", "+loads")  # which no history takes part in
    elsewhere.rename(streaming.raw_root)
    assert fetch(streaming, "from main_history.vendor_books_history") == before


def test_nothing_is_deleted_because_it_could_not_be_read(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    def renamed(count: int) -> Received:
        books = [book(f"Book {n}", "Author", n) for n in range(60)]
        for record in books[:count]:
            record["title"] = record.pop("name")
        return Received(books=books)

    def history() -> list[tuple[Any, ...]]:
        return fetch(streaming, "from main_history.vendor_books_history order by all")

    receive(renamed(0))
    assert len(history()) == 60
    receive(renamed(12))  # a fifth: endured
    known = history()
    assert len(known) == 72
    build_and_test_all(streaming)

    streaming.extract("files", "streaming", str(renamed(13).write(streaming.scratch / "renamed")))
    printed = streaming.dbt("--no-use-colors", *TESTED, fails=True)
    assert "FAIL 1 whole_dataset_int_vendor_books_checked_vendor_books" in printed
    assert history() == known

    receive(renamed(1))
    known = history()
    part = max(streaming.raw_root.glob("vendor_books/*/*"))
    lost = part.rename(streaming.scratch / part.name)
    printed = streaming.dbt("--no-use-colors", *TESTED, fails=True)
    assert "FAIL 1 whole_dataset_int_vendor_books_checked_vendor_books" in printed
    assert history() == known
    lost.rename(part)

    with streaming.connect() as connection:
        connection.execute("drop schema main_history cascade")
    printed = streaming.script("rebuild_history.py", "dev")
    assert printed.count("whole_dataset_int_vendor_books_checked_vendor_books failed") == 1
    assert history() == known


def test_times_of_versions_are_those_of_loads(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    begin = receive(Received())
    end = receive(Received(books=[book("C", "Author", 1)]))
    assert end - begin < timedelta(minutes=5)
    assert fetch(
        streaming, "select book_title, is_deleted, valid_from from vendor_books order by all"
    ) == [("B", True, end), ("C", False, end)]
