"""Findings: each file is judged separately, and the tables are compared with the newest loads."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from publish.report.trust import Level, built_dumps, findings, held_loads, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNTS = {"vendor_books": 103, "streams": 9_652, "movies": 91}
LANDED = datetime(2026, 11, 21, 20, 24)  # noqa: DTZ001 - as the tables have it
LATER = LANDED + timedelta(hours=1)
LOAD = {
    "dataset": "subject_works",
    "subject": "love",
    "load_id": "2",
    "status": "complete",
    "started_at": LANDED,
    "completed_at": LANDED,
    "promised_count": 3,
    "work_count": 3,
    "drift_count": 0,
    "missing_count": 0,
    "last_status": "complete",
    "last_started_at": LANDED,
    "last_error_type": None,
}
NO_EVENTS = {"last_started_at": None, "last_created_at": None}
SUBJECT = {"subject": "love", "is_tracked": True, "load_id": "2", "loaded_at": LANDED}


def found(**rejected: int) -> list[tuple[Level, str]]:
    """The findings when these numbers of records were rejected and nothing else is odd."""
    load = {"load_id": "1", "completed_at": LANDED}
    files = [
        {
            "dataset": dataset,
            "record_count": count,
            "rejected_count": rejected.get(dataset, 0),
            "load_id": "1",
            "loaded_at": LANDED,
        }
        for dataset, count in COUNTS.items()
    ]
    file_set = LOAD | load | {"dataset": "streaming", "subject": None, "record_count": 9_846}
    tables = defaultdict(list, report_files=files, report_newest_loads=[file_set])
    judged = [(finding.level, finding.says) for finding in findings(tables)]
    judged.remove((Level.GOOD, "The file set “streaming” was received in full: 9,846 records."))
    return judged


def test_a_rejected_file_does_not_drown_in_a_large_one() -> None:
    assert found(vendor_books=103, streams=1, movies=1) == [
        (Level.BAD, "“vendor_books”: 103 of 103 records (100.0 %) were rejected."),
        (Level.CARE, "“movies”: 1 of 91 records (1.1 %) was rejected."),
        (Level.NOTE, "“streams”: 1 of 9,652 records (under 0.1 %) was rejected."),
    ]


def test_files_without_a_rejected_record_are_one_sentence() -> None:
    assert found() == [(Level.GOOD, "None of 9,846 records was rejected.")]


def of_subject(load: Mapping[str, Any], subject: Mapping[str, Any]) -> list[tuple[Level, str]]:
    """The findings for one subject, given its newest load and what the tables hold of it."""
    tables = defaultdict(list, report_newest_loads=[load], report_subjects=[subject])
    return [(finding.level, finding.says) for finding in findings(tables)]


@pytest.mark.parametrize(
    "held",
    [
        pytest.param({"load_id": "1"}, id="an older load"),
        pytest.param({"loaded_at": LANDED - timedelta(hours=1)}, id="it, before its replay"),
        pytest.param({"load_id": None, "loaded_at": None}, id="nothing of a tracked subject"),
        pytest.param({"subject": "other", "load_id": "3", "is_tracked": False}, id="another"),
    ],
)
def test_a_load_that_the_tables_do_not_hold_is_not_to_be_relied_on(held: dict[str, Any]) -> None:
    says = (
        "“love”: the newest load has landed, but some tables do not include it: the last build"
        " failed (see its log), or has not run yet."
    )
    assert of_subject(LOAD, SUBJECT | held) == [(Level.BAD, says)]


def test_a_load_that_the_tables_hold_is_whole() -> None:
    assert of_subject(LOAD, SUBJECT) == [(Level.GOOD, "“love”: loaded in full: 3 books.")]


def test_a_load_that_is_half_in_the_tables_is_not_held() -> None:
    halves = [SUBJECT | {"loaded_at": None}, SUBJECT | {"load_id": None}]
    assert not held_loads(defaultdict(list, report_subjects=halves))


def test_a_failed_load_says_why() -> None:
    failed = {"last_status": "failed", "last_started_at": LATER, "last_error_type": "SourceError"}
    level, says = of_subject(LOAD | failed, SUBJECT)[0]
    assert level == Level.CARE
    assert says == (
        "“love”: the load started on 21 Nov 2026, 21:24 failed (SourceError);"
        " these numbers are from 21 Nov 2026, 20:24."
    )


NEVER = {"load_id": None, "status": None, "last_status": "failed"}


@pytest.mark.parametrize(
    ("error", "is_tracked", "level", "says"),
    [
        (
            "UnknownSubject",
            False,
            Level.NOTE,
            "Open Library does not know it, and it is not tracked: was it mistyped?",
        ),
        ("UnknownSubject", True, Level.BAD, "no load has succeeded yet."),
        ("SourceUnavailable", False, Level.BAD, "no load has succeeded yet."),
    ],
)
def test_a_subject_that_is_unknown_and_not_tracked_is_a_note(
    error: str, is_tracked: bool, level: Level, says: str
) -> None:
    mistyped = LOAD | NEVER | {"subject": "lvoe", "last_error_type": error}
    tracked = SUBJECT | {"subject": "lvoe", "load_id": None, "loaded_at": None}
    subjects = [SUBJECT, *([tracked] if is_tracked else [])]
    tables = defaultdict(list, report_newest_loads=[LOAD, mistyped], report_subjects=subjects)
    judged = findings(tables)
    assert [(f.level, f.says) for f in judged if "lvoe" in f.says] == [(level, f"“lvoe”: {says}")]
    assert verdict(judged) == (Level.GOOD if level == Level.NOTE else Level.BAD)


def test_what_waits_to_be_built_calls_for_care() -> None:
    waiting = [LOAD, LOAD | {"dataset": "streaming", "subject": None}]
    judged = findings(defaultdict(list, report_unbuilt_loads=waiting))
    says = "a load has landed but is not built yet: run the build, or see why it failed in its log."
    assert verdict(judged) == Level.CARE
    assert {finding.says for finding in judged} == {
        f"“love”: {says}",
        f"The file set “streaming”: {says}",
    }


def of_streams(**longer: float) -> Level:
    """The verdict on a hundred streams and hours, some beyond the end of their movie."""
    totals = NO_EVENTS | {
        "stream_count": 100,
        "compared_stream_count": 100,
        "watched_hours": 100.0,
        "longer_than_movie_count": 0,
        "hours_beyond_movie": 0.0,
        "review_count": 10,
        "updated_before_created_count": 0,
        "rated_review_count": 10,
        "rating_out_of_range_count": 0,
    }
    return verdict(findings(defaultdict(list, report_streaming_totals=[totals | longer])))


def test_numbers_that_are_no_ratings_are_counted() -> None:
    assert of_streams(rating_out_of_range_count=1) == Level.GOOD
    assert of_streams(rating_out_of_range_count=2) == Level.CARE


@pytest.mark.parametrize(
    ("longer", "level"),
    [
        ({"longer_than_movie_count": 10, "hours_beyond_movie": 10.0}, Level.GOOD),
        ({"longer_than_movie_count": 11, "hours_beyond_movie": 0.1}, Level.CARE),
        # one stream in a hundred, and a fifth of the hours
        ({"longer_than_movie_count": 1, "hours_beyond_movie": 20.0}, Level.CARE),
    ],
)
def test_a_few_streams_that_hold_many_of_the_hours_call_for_care(
    longer: dict[str, float], level: Level
) -> None:
    assert of_streams(**longer) == level


def test_a_stream_that_is_too_long_says_how_much_of_the_hours_it_is() -> None:
    totals = NO_EVENTS | {
        "compared_stream_count": 10,
        "watched_hours": 40.0,
        "longer_than_movie_count": 1,
        "hours_beyond_movie": 22.0,
        "review_count": 0,
        "updated_before_created_count": 0,
        "rated_review_count": 10,
        "rating_out_of_range_count": 0,
    }
    judged = findings(defaultdict(list, report_streaming_totals=[totals]))
    says = (
        "1 of 10 streams (10 %) last longer than their movie, by 55 % of all hours: "
        "hours are shown as reported, and are too high."
    )
    assert [finding.says for finding in judged] == [says]


@pytest.mark.parametrize(
    ("column", "event", "dataset"),
    [("last_started_at", "stream", "streams"), ("last_created_at", "review", "vendor_reviews")],
)
def test_events_that_were_old_when_they_were_loaded_call_for_care(
    column: str, event: str, dataset: str
) -> None:
    others = {
        "longer_than_movie_count",
        "rating_out_of_range_count",
        "updated_before_created_count",
    }
    ignored = {"hours_beyond_movie", "watched_hours", "compared_stream_count"}
    zeros = others | ignored | {"rated_review_count", "review_count"}
    totals: dict[str, Any] = {**dict.fromkeys(zeros, 0), **NO_EVENTS}
    file: dict[str, Any] = {"dataset": dataset, "load_id": "1", "loaded_at": LANDED}
    for age, judged in (
        (timedelta(days=30), []),
        (
            timedelta(days=30, seconds=1),
            [(Level.CARE, f"The newest {event} is of 22 Oct 2026, 30 days before it was loaded.")],
        ),
    ):
        total = totals | {column: LANDED - age}
        tables: dict[str, Any] = defaultdict(
            list, report_streaming_totals=[total], report_files=[file]
        )
        assert [(found.level, found.says) for found in findings(tables)] == judged


def test_of_equal_findings_those_about_books_come_first() -> None:
    behind = {"subject": None, "load_id": "1", "last_status": "failed", "last_started_at": LATER}
    tables: dict[str, Any] = defaultdict(
        list,
        report_newest_loads=[LOAD | behind | {"dataset": "streaming", "record_count": 1}],
        report_files=[
            {
                "dataset": "streams",
                "load_id": "1",
                "loaded_at": LANDED,
                "record_count": 1,
                "rejected_count": 0,
            }
        ],
        report_unbuilt_loads=[LOAD],
    )
    judged = [finding for finding in findings(tables) if finding.level == Level.CARE]
    assert [finding.domain for finding in judged] == ["catalog", "streaming"]


@pytest.mark.parametrize(
    ("count", "level", "says"),
    [
        (1, Level.NOTE, "1 book (1.0 %) has a year that looks wrong, and is counted by it."),
        (10, Level.NOTE, "10 books (10 %) have a year that looks wrong, and are counted by it."),
        (11, Level.CARE, "11 books (11 %) have a year that looks wrong, and are counted by it."),
    ],
)
def test_years_that_look_wrong_are_noted_and_many_call_for_care(
    count: int, level: Level, says: str
) -> None:
    lacks = ("implausible_year", "year", "author", "title")
    books = {"book_count": 100}
    books |= {
        f"books_with{'' if lack == 'implausible_year' else 'out'}_{lack}_count": 0 for lack in lacks
    }
    years = [{"is_counted": False, "book_count": 90}, {"is_counted": True, "book_count": count}]
    tables: dict[str, Any] = defaultdict(
        list, report_scopes=[books], report_implausible_years=years
    )
    assert [(found.level, found.says) for found in findings(tables)] == [(level, says)]


@pytest.mark.parametrize(
    ("of_the_dump", "judged"),
    [
        (
            {"is_complete": True, "rejected_count": 0},
            [(Level.GOOD, "None of 832 records was rejected.")],
        ),
        (
            {"is_complete": False, "rejected_count": 9},
            [
                (Level.CARE, "only a part of its files was landed."),
                (Level.CARE, "9 of 832 records (1.1 %) were rejected."),
            ],
        ),
    ],
)
def test_a_dump_is_judged_as_a_whole(
    of_the_dump: dict[str, Any], judged: list[tuple[Level, str]]
) -> None:
    until = datetime(2026, 9, 30, 23, 59, 59)  # noqa: DTZ001 - as the tables have it
    source = {"source": "dump", "fetched_until": until, "record_count": 832} | of_the_dump
    api = {"source": "api", "fetched_until": LANDED, "is_complete": None}
    tables: dict[str, Any] = defaultdict(list, report_sources=[source, api])
    assert [(found.level, found.says) for found in findings(tables)] == [
        (level, f"Open Library's dump of 30 Sep 2026: {says}") for level, says in judged
    ]


def test_a_dump_that_waits_is_said_to() -> None:
    waiting = [{"dataset": "open_library_dump", "subject": None}]
    (found,) = findings(defaultdict(list, report_unbuilt_loads=waiting))
    assert found.domain == "catalog"
    assert found.says.startswith("Open Library's dump: ")


DUMPED = datetime(2026, 9, 30, 23, 59, 59)  # noqa: DTZ001 - as the tables have it
DUMP_LOAD = LOAD | {"dataset": "open_library_dump", "subject": None, "dumped_at": DUMPED}
UNBUILT_DUMP = (
    "Open Library's dump of 30 Sep 2026: the newest load has landed, but some tables do not include"
    " it: the last build failed (see its log), or has not run yet."
)
FAILED_DUMP = (
    "Open Library's dump of 30 Sep 2026: the load started on 21 Nov 2026, 21:24 failed"
    " (SourceError); these numbers are from 21 Nov 2026, 20:24."
)
PART_OF_DUMP = (
    "Open Library's dump of 30 Sep 2026: only a part of its files was landed, and the tables have"
    " no books of it: they wait for both works and editions, or for a build."
)


@pytest.mark.parametrize(
    ("load", "books_of", "judged"),
    [
        pytest.param({}, DUMPED, [], id="it is in the tables"),
        pytest.param({}, None, [(Level.BAD, UNBUILT_DUMP)], id="no dump is"),
        pytest.param(
            {}, DUMPED - timedelta(days=30), [(Level.BAD, UNBUILT_DUMP)], id="an older is"
        ),
        pytest.param({"status": "partial"}, None, [(Level.CARE, PART_OF_DUMP)], id="a part waits"),
        pytest.param(
            {"last_status": "failed", "last_started_at": LATER, "last_error_type": "SourceError"},
            DUMPED,
            [(Level.CARE, FAILED_DUMP)],
            id="the next one failed",
        ),
        pytest.param(
            {"load_id": None, "status": None, "last_status": "failed", "dumped_at": None},
            None,
            [(Level.BAD, "Open Library's dump: no load has succeeded yet.")],
            id="none has ever succeeded",
        ),
    ],
)
def test_a_dump_that_is_not_in_the_tables_is_said_to(
    load: dict[str, Any], books_of: datetime | None, judged: list[tuple[Level, str]]
) -> None:
    of_books = {"source": "dump", "fetched_until": books_of, "record_count": None}
    tables: dict[str, Any] = defaultdict(
        list,
        report_newest_loads=[DUMP_LOAD | load],
        report_sources=[of_books] if books_of else [],
    )
    assert [(found.level, found.says) for found in findings(tables)] == judged


def test_what_is_of_the_store_is_said_of_the_store() -> None:
    file = {"load_id": "1", "loaded_at": LANDED, "record_count": 100}
    load = LOAD | {"subject": None, "load_id": "1", "record_count": 100}
    tables: dict[str, Any] = defaultdict(
        list,
        report_newest_loads=[load | {"dataset": "store"}, load | {"dataset": "streaming"}],
        report_files=[
            file | {"dataset": "store_books", "rejected_count": 2},
            file | {"dataset": "movies", "rejected_count": 0},
        ],
        report_unbuilt_loads=[{"dataset": "store", "subject": None}],
    )
    assert [(found.domain, found.level) for found in findings(tables)] == [
        ("store", Level.CARE),  # 2 % are rejected
        ("store", Level.CARE),  # a load waits
        ("store", Level.GOOD),
        ("streaming", Level.GOOD),
        ("streaming", Level.GOOD),
    ]


def test_the_dump_that_counts_is_the_one_that_the_books_are_of() -> None:
    of_books = {"source": "dump", "fetched_until": DUMPED}
    newest = [LOAD, DUMP_LOAD]
    for sources, held in (([of_books], [DUMP_LOAD]), ([], [])):
        tables: dict[str, Any] = defaultdict(
            list, report_newest_loads=newest, report_sources=sources
        )
        assert built_dumps(tables) == held


def test_nothing_is_said_of_no_records() -> None:
    books: dict[str, Any] = defaultdict(int)
    nothing = SUBJECT | {"record_count": 0, "rejected_count": 0}
    tables: dict[str, Any] = defaultdict(
        list, report_newest_loads=[LOAD], report_subjects=[nothing], report_scopes=[books]
    )
    assert [found.says for found in findings(tables)] == ["“love”: loaded in full: 3 books."]
