"""Dump after dump: updates, deletes, repeats and returns, against a history kept in Python."""

import random
from collections.abc import Callable, Container, Iterable, Iterator
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
    project.dbt("build", *ALL, *NO_UNIT_TESTS)


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

    def take(
        self,
        dump: Dump,
        now: datetime,
        rejected: Container[str] = (),
        *,
        any_unreadable: bool = False,
    ) -> None:
        """Add a dump: its good records, the keys of its rejected ones, and whether any had none."""
        for key, version in dump.items():
            known = self.versions.setdefault(key, [])
            if not known or known[-1][:2] != (version, False):
                known.append((version, False, now))
        for key, known in self.versions.items():
            if key not in dump:
                version, was_deleted, _ = known[-1]
                is_there = key in rejected or (any_unreadable and not was_deleted)
                if is_there == was_deleted:
                    known.append((version, not is_there, now))

    def rows(self) -> list[tuple[object, ...]]:
        """Key, values, whether deleted, from, to."""
        return sorted(
            (key, *values, str(deleted), begin, end)
            for key, known in self.versions.items()
            for (values, deleted, begin), end in zip(
                known, [*(later[2] for later in known[1:]), OPEN], strict=True
            )
        )


GONE, REJECTED = -1, -2  # what may be of a record, instead of a value from 0
SAME, UNREADABLE = 3, 5  # the turns with the same dump once more, and with keys that cannot be read
RERUN = (2, UNREADABLE)  # the turns that are built twice


def test_history_is_kept_over_random_dumps(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    dice = random.Random(5)  # noqa: S311 - not a secret
    books, authors, movies, reviews = History(), History(), History(), History()
    known = dict.fromkeys(range(12), 0)
    steady = dict.fromkeys(range(100, 160), 0)  # so that never over a fifth is rejected
    for turn in range(8):
        if turn != SAME:
            values = {n: [v, v, dice.randrange(3), GONE, REJECTED] for n, v in known.items()}
            known = {n: dice.choice(choices) for n, choices in values.items()}
        there = {number: value for number, value in (known | steady).items() if value >= 0}
        rejected = [number for number, value in known.items() if value == REJECTED]
        # of some good records, there is a rejected one as well
        odd = [*rejected, *(n for n in range(2) if n in there)]
        unreadable = turn == UNREADABLE
        received = Received(
            movies=[
                *((f"Movie {n}", 90 + v, "English", 700) for n, v in there.items()),
                *((f"Movie {n}", "1.5", "English", 700) for n in odd),
            ],
            # something else differs each time, so that each dump is landed
            users=[("A", str(turn), "a@example.org")],
            books=[
                *(book(f"Book {n}", "Author", 1.5) for n in odd),
                *(book(f"Book {n}", "Author", 100 + v) for n, v in there.items()),
                *([{"name": ["Book 1"], "author": "Author"}] if unreadable else []),
            ],
            authors=[
                *(author(f"Author {n}", f"190{v}-01-01T00:00:00Z") for n, v in there.items()),
                *(author(f"Author {n}", "1900") for n in odd),
                *([{"metadata": {"name": {"last": "1"}}}] if unreadable else []),
                author(None),
            ],
            reviews=[
                *(review(f"MOVIE {n}", at(1 + n % 28, 8), 1 + v) for n, v in there.items()),
                *(review(f"MOVIE {n}", at(1 + n % 28, 8), "many") for n in odd),
                *([review("MOVIE 1", "yesterday", 1)] if unreadable else []),
            ],
        )
        now = receive(received)
        if turn in RERUN:
            streaming.dbt(*BUILD)  # which adds nothing
        for history, name, base, any_unreadable in (
            (books, "Book", 100, unreadable),
            (authors, "Author", 1900, unreadable),
            (movies, "movie", 90, False),
            (reviews, "movie", 1, unreadable),
        ):
            history.take(
                {f"{name} {n}": (base + v,) for n, v in there.items()},
                now,
                {f"{name} {n}" for n in rejected},
                any_unreadable=any_unreadable,
            )

    expected = {
        ("vendor_books_history", "book_title", "page_count"): books,
        ("vendor_authors_history", "author_name", "year(birth_date)"): authors,
        ("movies_history", "movie_key", "duration_minutes"): movies,
        ("vendor_reviews_history", "movie_key", "rating_reported"): reviews,
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
    rejected_now = fetch(streaming, "select book_title from vendor_books where is_rejected_now")
    assert {title for (title,) in rejected_now} == {f"Book {n}" for n in rejected} & set(
        books.versions
    )
    assert rejected_now

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
    # a file that did not change adds nothing; a movie's new duration and a new movie do
    movies = [("Rush", 50, "English", 700), ("OTHER", 40, "English", 700)]
    read = "select distinct load_id from main_intermediate.int_streams_checked"
    loads = fetch(streaming, read)
    receive(Received(movies=movies, streams=[stream(4, 25), stream(2, 75, "Rush", 2)]))
    measured = [
        (1, "rush", 1, 50, 50, 1, False),
        (2, "rush", 2, 75, 50, 1, True),
        (3, "other", 1, 30, 40, 0.75, False),
        (4, "rush", 1, 25, 50, 0.5, False),
    ]
    assert table() == measured
    assert set(fetch(streaming, read)) == set(loads), "it was not read again"
    # a file that goes back to an earlier state is the newest export, and its word counts
    first = [stream(1, 50), stream(2, 150), stream(3, 30, "Other")]
    receive(Received(movies=movies, streams=first))
    back = [measured[0], (2, "rush", 1, 150, 50, 1, True), *measured[2:]]
    assert table() == back
    receive(Received(movies=movies, streams=first, users=[("A", "C", "a@example.org")]))
    assert table() == back
    assert len(fetch(streaming, read)) == 3
    streaming.dbt(*BUILD, "--full-refresh")
    assert table() == back, "built from nothing it is the same"


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


def test_a_rejected_record_is_not_deleted(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    many: Any = 1.5  # not a whole number
    states: dict[str, list[list[Any]]] = {
        "again": [[1], [many], [2]],
        "gone": [[1], [many], []],
        "back": [[1], [], [many]],
        "back twice": [[1], [], [many, 2]],
        "new": [[many], [many], [1]],
        "twice": [[1], [many, 1], [1, many]],
        "repeated": [[1, 3], [3, 2], [2, 2]],  # the last one counts
        "whole": [[1], [1.0], [10e-1]],
    }
    one, two, three = (
        receive(
            Received(
                books=[
                    book(title, "A", pages) for title, loads in states.items() for pages in loads[n]
                ]
                + [book(f"Steady {number}", "A", 1) for number in range(20)]
            )
        )
        for n in range(3)
    )
    history = "select book_title, page_count, dbt_is_deleted, dbt_valid_from from "
    assert fetch(
        streaming,
        history
        + "main_history.vendor_books_history where book_title not like 'Steady%' order by all",
    ) == [
        ("again", 1, "False", one),
        ("again", 2, "False", three),
        ("back", 1, "False", one),
        ("back", 1, "False", three),
        ("back", 1, "True", two),
        ("back twice", 1, "False", one),
        ("back twice", 1, "True", two),
        ("back twice", 2, "False", three),
        ("gone", 1, "False", one),
        ("gone", 1, "True", three),
        ("new", 1, "False", three),
        ("repeated", 2, "False", two),
        ("repeated", 3, "False", one),
        ("twice", 1, "False", one),
        ("whole", 1, "False", one),
    ]
    assert fetch(
        streaming,
        "select book_title, is_deleted, is_rejected_now from vendor_books "
        "where is_deleted or is_rejected_now order by all",
    ) == [("back", False, True), ("gone", True, False)]


@pytest.mark.parametrize("rejected", [1, 2])
def test_a_small_file_is_stopped_as_a_large_one(
    streaming: Project, receive: Callable[[Received], datetime], rejected: int
) -> None:
    """A single rejected record says nothing about the others, however few they are."""
    receive(Received(movies=[(f"Movie {n}", 80 + n, "Thai", 500) for n in range(3)]))
    before = fetch(streaming, "from main_history.movies_history order by all")
    movies = [(f"Movie {n}", "long" if n < rejected else 90, "Thai", 500) for n in range(3)]
    folder = Received(movies=movies).write(streaming.scratch / "received")
    streaming.extract("files", "streaming", str(folder))
    printed = streaming.dbt("--no-use-colors", *TESTED, fails=rejected > 1)
    stopped = "FAIL 1 whole_dataset_int_movies_checked_movies" in printed
    assert stopped == (rejected > 1)
    after = fetch(streaming, "from main_history.movies_history order by all")
    assert (after == before) == stopped
    if stopped:  # the vendor sends a sound file
        receive(Received(movies=[("Movie 0", 80, "Thai", 500)]))


def test_times_of_versions_are_those_of_loads(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    begin = receive(Received())
    end = receive(Received(books=[book("C", "Author", 1)]))
    assert end - begin < timedelta(minutes=5)
    assert fetch(
        streaming, "select book_title, is_deleted, valid_from from vendor_books order by all"
    ) == [("B", True, end), ("C", False, end)]


def test_a_history_of_other_keys_is_refused(
    streaming: Project, receive: Callable[[Received], datetime]
) -> None:
    receive(Received())
    with streaming.connect() as connection:
        connection.execute("alter table main_history.vendor_books_history drop vendor_author_key")
    complaint = streaming.dbt(*BUILD, fails=True)
    assert "vendor_books_history has no vendor_author_key" in complaint
    assert "docs/runbooks/history.md" in complaint
    with streaming.connect() as connection:
        connection.execute("drop schema main_history cascade")
    streaming.script("rebuild_history.py", "dev")
