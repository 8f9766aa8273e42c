"""The headline: what is said of each number, and what changed as far as that is known."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest

from publish.report.headline import figures, newest_events

BEFORE = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 - as the tables have it
LANDED = datetime(2026, 11, 21, 20, 24)  # noqa: DTZ001
SCOPE = {
    "scope": "",
    "book_count": 1_200,
    "dated_book_count": 1_100,
    "books_without_author_count": 1,
    "author_count": 900,
    "edition_count": 5_000,
    "first_publish_year": 1597,
    "last_publish_year": 2024,
}
TOTAL = {
    "stream_count": 5_000,
    "newest_export_stream_count": 70,
    "streamed_movie_count": 80,
    "movie_count": 91,
    "review_count": 501,
    "last_started_at": LANDED,
    "last_created_at": BEFORE,
}


def load(subject: str | None, previous: datetime | None = None, **others: object) -> dict[str, Any]:
    return {
        "subject": subject,
        "load_id": subject or "files",
        "status": "complete",
        "completed_at": LANDED,
        "previous_started_at": previous,
        **others,
    }


def held(load: dict[str, Any]) -> dict[str, Any]:
    """What the tables hold of a subject's load."""
    return {
        "subject": load["subject"],
        "load_id": load["load_id"],
        "loaded_at": load["completed_at"],
    }


def change(subject: str, kind: str, rank: int, count: int) -> dict[str, Any]:
    return {"subject": subject, "change_kind": kind, "book_rank": rank, "book_count": count}


CHANGES = [
    change("love", "new", 1, 30),
    change("love", "new", 2, 30),
    change("love", "vanished", 1, 2),
    change("war", "new", 1, 5),
]


def catalog(*loads: dict[str, Any], **tables: object) -> dict[str, Any]:
    averages = [
        {"scope": "", "active_year_count": 30, "dated_book_count": 30},
        {"scope": "", "active_year_count": 10, "dated_book_count": 25},
        {"scope": "love", "active_year_count": 99, "dated_book_count": 990},
    ]
    return defaultdict(
        list,
        report_scopes=[SCOPE, SCOPE | {"scope": "love", "book_count": 7}],
        report_averages=averages,
        report_newest_loads=loads,
        report_subjects=[held(one) for one in loads],
        report_changed_books=CHANGES,
        **tables,
    )


def test_the_numbers_of_books() -> None:
    never = {"subject": "space", "load_id": None, "loaded_at": None}
    tables = catalog(load("love"))
    tables["report_subjects"].append(never)
    assert [(figure.label, figure.value, figure.note) for figure in figures(tables)] == [
        ("Books", "1,200", "5,000 editions"),
        ("Authors", "900", "1 book names none"),
        ("Per author and year", "1.38", "books, in years with any"),  # 55 in 40
        ("Books with a year", "1,100", "of 1,200"),
        ("Subjects", "1", "of 2 tracked or loaded"),
    ]


@pytest.mark.parametrize(("count", "says"), [(1, "1 looks wrong"), (70, "70 look wrong")])
def test_years_that_look_wrong(count: int, says: str) -> None:
    left_out = {"is_counted": False, "book_count": 9}
    tables = catalog(load("love"))
    tables["report_implausible_years"] = [left_out]
    assert figures(tables)[3].note == "of 1,200"
    tables["report_implausible_years"] = [left_out, {"is_counted": True, "book_count": count}]
    assert figures(tables)[3].note == f"of 1,200; {says}"


@pytest.mark.parametrize(
    ("loads", "says"),
    [
        pytest.param([load("love")], "first load", id="the first"),
        pytest.param([load("love", status="partial")], "first load", id="the first, a part"),
        pytest.param(
            [load("love", BEFORE, status="partial")],
            "only part is loaded: not compared",
            id="a part",
        ),
        pytest.param(
            [load("love", BEFORE), load("war", LANDED)],
            "35 new, 2 gone since 20 Nov 2026",
            id="two subjects",
        ),
        pytest.param(
            [load("love", BEFORE), load("war")],
            "35 new, 2 gone in 1 of 2 subjects since 20 Nov 2026",
            id="one of two subjects",
        ),
    ],
)
def test_what_changed_among_the_books(loads: list[dict[str, Any]], says: str) -> None:
    assert figures(catalog(*loads))[0].change == says


def test_nothing_is_said_to_have_changed_in_tables_of_an_older_load() -> None:
    tables = catalog(load("love", BEFORE)) | {"report_subjects": []}
    assert figures(tables)[0].change == ""
    tables = streaming(load(None, BEFORE))
    tables["report_files"] = [file | {"load_id": "old"} for file in tables["report_files"]]
    assert [figure.change for figure in figures(tables)] == ["", "", ""]


def streaming(loaded: dict[str, Any], *, compared: bool = True) -> dict[str, Any]:
    counts = (3, 2, 1) if compared else (None, None, None)
    names = ("new_count", "changed_count", "gone_count")
    files = [
        {"dataset": dataset, "load_id": "files", "loaded_at": LANDED}
        | dict(zip(names, (None, None, None) if dataset == "streams" else counts, strict=True))
        for dataset in ("movies", "streams", "vendor_reviews")
    ]
    return defaultdict(
        list,
        report_files=files,
        report_newest_loads=[loaded],
        report_streaming_totals=[TOTAL],
    )


def test_the_numbers_of_streams() -> None:
    found = figures(streaming(load(None)))
    assert [(figure.label, figure.value, figure.note) for figure in found] == [
        ("Streams", "5,000", "newest 21 Nov 2026"),
        ("Movies", "91", "80 streamed"),
        ("Reviews", "501", "newest 20 Nov 2026"),
    ]
    assert {figure.change for figure in found} == {"first load"}


def test_what_changed_in_the_files() -> None:
    found = figures(streaming(load(None, BEFORE)))
    assert [figure.change for figure in found] == [
        "70 in the newest export, since 20 Nov 2026",
        "3 new, 2 changed, 1 gone since 20 Nov 2026",
        "3 new, 2 changed, 1 gone since 20 Nov 2026",
    ]
    # a history that begins with this load
    found = figures(streaming(load(None, BEFORE), compared=False))
    assert [figure.change for figure in found[1:]] == ["", ""]


def test_how_new_the_events_are() -> None:
    tables = catalog() | {"report_streaming_totals": [TOTAL]}
    assert newest_events(tables) == {
        "catalog": "newest book 2024",
        "streaming": "newest stream 21 Nov 2026, newest review 20 Nov 2026",
    }
    undated = catalog() | {"report_scopes": [SCOPE | {"last_publish_year": None}]}
    assert newest_events(undated | {"report_streaming_totals": []}) == {}
