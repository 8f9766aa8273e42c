"""The six answers, computed again from the received files, without SQL."""

import statistics
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest

from tests.support.project import ROOT, Project
from tests.support.streaming_files import dump, rows

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
def printed(project: Project, tmp_path_factory: pytest.TempPathFactory) -> str:
    copy = project.copy(tmp_path_factory.mktemp("answers"))  # dbt lets nobody else read meanwhile
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
            for name, value in (
                line[2:].split(": ") for line in figures.splitlines() if line.startswith("- ")
            )
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

    assert answers(printed) == [
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


def test_each_answer_lists_by_itself_what_it_assumes(printed: str) -> None:
    # what the question leaves open, and what its answer must therefore say
    opened = [
        ["Streamed: ", "Based on a book: ", "Not in the catalogue: "],
        ["Time zone: ", "+01:00", "UTC", "Affected: "],
        ["Streamed: ", "Based on a book: ", "Author: ", "Singaporean: "],
        ["Duration: ", "Average: "],
        ["Size: ", "Median: "],
        ["Time zone: ", "+01:00", "UTC", "Last week: ", "Watched half: "],
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
