"""Whether the numbers can be trusted: findings about the loads and the records, and the verdict.

The age of the data is not judged here but by the page, when somebody opens it: a page keeps getting
older after it is written, and the same data must give the same page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from publish.report.formatting import day, listed, moment, plural, share

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from datetime import datetime

    Row = Mapping[str, Any]
    Rows = Sequence[Row]

# Shares of the records or books. One in a hundred does not change the shape of a chart; one in
# twenty may. A reader of a chart notices when a tenth is missing.
FEW = 0.01
MANY = 0.05
NOTICEABLE = 0.1
# A month, after which a load is old, too: a monthly export is at most this old when it arrives.
OLD_EVENTS = timedelta(days=30)

CATALOG = "catalog"
STORE = "store"
STREAMING = "streaming"
DUMP = "open_library_dump"  # the dataset of its loads

UNBUILT = (
    "the newest load has landed, but some tables do not include it: the last build failed"
    " (see its log), or has not run yet."
)
UNBUILT_PART = (
    "only a part of its files was landed, and the tables have no books of it: they wait for both"
    " works and editions, or for a build."
)
WAITING = "a load has landed but is not built yet: run the build, or see why it failed in its log."


class Level(IntEnum):
    """How much a finding matters; the verdict is the worst of them."""

    GOOD = 0
    NOTE = 1
    CARE = 2
    BAD = 3


@dataclass(frozen=True)
class Finding:
    """One sentence about the data of a domain."""

    domain: str
    level: Level
    says: str


def findings(tables: Mapping[str, Rows]) -> list[Finding]:
    """Judge what the analyses say, worst first, then books before streams.

    What was never loaded gets no finding.
    """
    newest = [load for load in tables["report_newest_loads"] if load["dataset"] != DUMP]
    dumps = [load for load in tables["report_newest_loads"] if load["dataset"] == DUMP]
    subjects = tables["report_subjects"]
    built = {load["load_id"] for load in built_loads(tables)}
    found = [
        *_subject_loads([load for load in newest if load["subject"]], built, subjects),
        *_dump(dumps, tables["report_sources"]),
        *_books(tables, [row for row in subjects if row["load_id"] in built]),
        *_file_loads([load for load in newest if not load["subject"]], built),
        *_files([file for file in tables["report_files"] if file["load_id"] in built]),
        *_streams(tables["report_streaming_totals"]),
        *_events(tables),
        *_waiting(tables["report_unbuilt_loads"]),
    ]
    return sorted(found, key=lambda finding: (-finding.level, finding.domain))


def held_loads(tables: Mapping[str, Rows]) -> set[tuple[str, datetime]]:
    """Give the loads in the tables, with their times: a replay of dead letters changes a load's."""
    return {
        (row["load_id"], row["loaded_at"])
        for name in ("report_subjects", "report_files")
        for row in tables[name]
        if row["load_id"] and row["loaded_at"]
    }


def built_loads(tables: Mapping[str, Rows]) -> list[Row]:
    """Give the current loads in the tables; after a failed build the tables hold older ones."""
    held = held_loads(tables)
    newest = tables["report_newest_loads"]
    return [load for load in newest if (load["load_id"], load["completed_at"]) in held]


def built_dumps(tables: Mapping[str, Rows]) -> list[Row]:
    """Give the current dump, if the books are of it."""
    held = {row["fetched_until"] for row in tables["report_sources"] if row["source"] == "dump"}
    newest = [load for load in tables["report_newest_loads"] if load["dataset"] == DUMP]
    return [load for load in newest if load["load_id"] and load["dumped_at"] in held]


def newest_events(tables: Mapping[str, Rows]) -> list[tuple[str, datetime]]:
    """Give each kind of event with the time of its newest one."""
    columns = {"stream": "last_started_at", "review": "last_created_at"}
    return [
        (event, total[column])
        for total in tables["report_streaming_totals"]
        for event, column in columns.items()
        if total[column]
    ]


def doubtful_year_count(tables: Mapping[str, Rows]) -> int:
    """Count the books that are counted by a year that looks wrong."""
    listed = tables["report_implausible_years"]
    return next((row["book_count"] for row in listed if row["is_counted"]), 0)


def verdict(found: Sequence[Finding]) -> Level:
    """Give the worst level; a note does not count against the data."""
    worst = max((finding.level for finding in found), default=Level.GOOD)
    return Level.GOOD if worst == Level.NOTE else worst


def _subject_loads(loads: Rows, built: Container[str], subjects: Rows) -> Iterator[Finding]:
    def of(level: Level, names: Sequence[str], says: str) -> Iterator[Finding]:
        if names:
            yield Finding(CATALOG, level, f"{listed(names)}: {says}")

    current = [load for load in loads if load["load_id"] in built]
    yield from of(
        Level.BAD,
        [load["subject"] for load in loads if load["load_id"] and load["load_id"] not in built],
        UNBUILT,
    )
    tracked = {subject["subject"] for subject in subjects if subject["is_tracked"]}
    never = [load for load in loads if not load["load_id"]]
    # probably mistyped: nobody wants it
    unknown = [
        load["subject"]
        for load in never
        if load["last_error_type"] == "UnknownSubject" and load["subject"] not in tracked
    ]
    yield from of(
        Level.NOTE,
        unknown,
        "Open Library does not know it, and it is not tracked: was it mistyped?",
    )
    yield from of(
        Level.BAD,
        [load["subject"] for load in never if load["subject"] not in unknown],
        "no load has succeeded yet.",
    )
    if loads:
        yield from of(
            Level.CARE,
            [
                subject["subject"]
                for subject in subjects
                if subject["is_tracked"]
                and subject["subject"] not in {load["subject"] for load in loads}
            ],
            "tracked but never loaded.",
        )
    for load in current:
        if _is_behind(load):
            yield from of(Level.CARE, [load["subject"]], _behind(load))
        if load["status"] == "partial":
            promised = f" of {load['promised_count']:,}" if load["promised_count"] else ""
            says = f"only part of it was loaded: {load['work_count']:,}{promised} books."
            yield from of(Level.CARE, [load["subject"]], says)
        if load["missing_count"]:
            offsets = plural(load["missing_count"], "offset")
            says = f"{offsets} in its list of books could not be fetched."
            yield from of(Level.CARE, [load["subject"]], says)
        if load["drift_count"]:
            says = f"its number of books differs from Open Library's by {load['drift_count']:,}."
            yield from of(Level.CARE, [load["subject"]], says)
    whole_ones = [load for load in current if load["status"] == "complete"]
    if whole_ones:
        whole = plural(sum(load["work_count"] for load in whole_ones), "book")
        names = [load["subject"] for load in whole_ones]
        yield from of(Level.GOOD, names, f"loaded in full: {whole}.")


def _is_behind(load: Row) -> bool:
    return bool(load["last_status"] not in {"complete", "partial"}) and (
        load["last_started_at"] > load["started_at"]
    )


def _behind(load: Row) -> str:
    why = f" ({load['last_error_type']})" if load["last_error_type"] else ""
    ended = "has not finished" if load["last_status"] == "unfinished" else f"failed{why}"
    return (
        f"the load started on {moment(load['last_started_at'])} {ended};"
        f" these numbers are from {moment(load['started_at'])}."
    )


def _books(tables: Mapping[str, Rows], subjects: Rows) -> Iterator[Finding]:
    if not tables["report_scopes"]:
        return
    yield from _records(CATALOG, subjects)
    books = tables["report_scopes"][0]
    for column, lacks, few, left_out in (
        ("books_with_implausible_year_count", "an implausible year", FEW, "by year"),
        ("books_without_year_count", "no year", NOTICEABLE, "by year"),
        ("books_without_author_count", "no author", NOTICEABLE, "by author"),
        ("books_without_title_count", "no title", FEW, None),
    ):
        if count := books[column]:
            verb, be = ("has", "is") if count == 1 else ("have", "are")
            says = f"{plural(count, 'book')} ({share(count, books['book_count'])}) {verb} {lacks}"
            says += f" and {be} left out of counts {left_out}." if left_out else "."
            is_much = count > few * books["book_count"]
            yield Finding(CATALOG, Level.CARE if is_much else Level.NOTE, says)
    if count := doubtful_year_count(tables):
        verb, be = ("has", "is") if count == 1 else ("have", "are")
        says = f"{plural(count, 'book')} ({share(count, books['book_count'])}) {verb}"
        says += f" a year that looks wrong, and {be} counted by it."
        is_much = count > NOTICEABLE * books["book_count"]
        yield Finding(CATALOG, Level.CARE if is_much else Level.NOTE, says)


def _file_loads(loads: Rows, built: Container[str]) -> Iterator[Finding]:
    for load in loads:
        domain, name = _domain(load), _set_of_files(load)
        if load["load_id"] not in built:
            says = UNBUILT if load["load_id"] else "no load has succeeded yet."
            yield Finding(domain, Level.BAD, f"{name}: {says}")
            continue
        if _is_behind(load):
            yield Finding(domain, Level.CARE, f"{name}: {_behind(load)}")
        records = plural(load["record_count"], "record")
        yield Finding(domain, Level.GOOD, f"{name} was received in full: {records}.")


def _dump(loads: Rows, sources: Rows) -> Iterator[Finding]:
    """Compare the day of the books with that of the current dump, and judge what was read of it."""
    books = [source for source in sources if source["source"] == "dump"]
    for load in loads:
        if not load["load_id"]:
            says = "Open Library's dump: no load has succeeded yet."
            yield Finding(CATALOG, Level.BAD, says)
            continue
        name = f"Open Library's dump of {day(load['dumped_at'])}"
        if load["dumped_at"] not in {source["fetched_until"] for source in books}:
            level, says = (
                (Level.CARE, UNBUILT_PART) if load["status"] == "partial" else (Level.BAD, UNBUILT)
            )
            yield Finding(CATALOG, level, f"{name}: {says}")
        if _is_behind(load):
            yield Finding(CATALOG, Level.CARE, f"{name}: {_behind(load)}")
    for source in books:
        if source["record_count"] is None:  # the tables hold an older dump than the current one
            continue
        name = f"Open Library's dump of {day(source['fetched_until'])}"
        if not source["is_complete"]:
            says = f"{name}: only a part of its files was landed."
            yield Finding(CATALOG, Level.CARE, says)
        yield from _records(CATALOG, [source], f"{name}: ")


def _waiting(loads: Rows) -> Iterator[Finding]:
    if subjects := [load["subject"] for load in loads if load["subject"]]:
        yield Finding(CATALOG, Level.CARE, f"{listed(subjects)}: {WAITING}")
    for load in loads:
        if load["dataset"] == DUMP:
            yield Finding(CATALOG, Level.CARE, f"Open Library's dump: {WAITING}")
        elif not load["subject"]:
            yield Finding(_domain(load), Level.CARE, f"{_set_of_files(load)}: {WAITING}")


def _domain(load_or_file: Row) -> str:
    return STORE if load_or_file["dataset"] in {"store", "store_books"} else STREAMING


def _set_of_files(load: Row) -> str:
    return f"The file set “{load['dataset']}”"


def _files(files: Rows) -> Iterator[Finding]:
    """Judge each file separately: each fills its own table."""
    for domain in (STORE, STREAMING):
        received = [file for file in files if _domain(file) == domain]
        rejecting = [file for file in received if file["rejected_count"]]
        for file in rejecting:
            yield from _records(domain, [file], f"{listed([file['dataset']])}: ")
        if not rejecting:
            yield from _records(domain, received)


def _records(domain: str, summaries: Rows, of: str = "") -> Iterator[Finding]:
    rejected = sum(summary["rejected_count"] for summary in summaries)
    records = sum(summary["record_count"] for summary in summaries)
    if not records:
        return
    if not rejected:
        yield Finding(domain, Level.GOOD, f"{of}None of {plural(records, 'record')} was rejected.")
        return
    level = (
        Level.BAD
        if rejected > MANY * records
        else Level.CARE
        if rejected > FEW * records
        else Level.NOTE
    )
    says = f"{of}{rejected:,} of {plural(records, 'record')} ({share(rejected, records)})"
    yield Finding(domain, level, f"{says} {'was' if rejected == 1 else 'were'} rejected.")


def _streams(totals: Rows) -> Iterator[Finding]:
    """Weigh what a flaw does to the numbers, too: a few streams can hold most of the hours."""
    for total in totals:
        hours = (total["hours_beyond_movie"], total["watched_hours"])
        longer = (total["longer_than_movie_count"], total["compared_stream_count"])
        unrated = (total["rating_out_of_range_count"], total["rated_review_count"])
        updated = (total["updated_before_created_count"], total["review_count"])
        too_long = (
            f"last longer than their movie, by {share(*hours)} of all hours: "
            "hours are shown as reported, and are too high."
        )
        too_early = "have an update time before their creation time, as sent by the vendor."
        no_rating = "are not 1 to 5 stars: they are left out of averages."
        for counts, shares, noun, says in (
            (longer, (longer, hours), "stream", too_long),
            (unrated, (unrated,), "rating", no_rating),
            (updated, (updated,), "review", too_early),
        ):
            part, whole = counts
            if part:
                is_much = any(some > NOTICEABLE * (every or 0) for some, every in shares)
                of = f"{part:,} of {plural(whole, noun)} ({share(part, whole)})"
                yield Finding(STREAMING, Level.CARE if is_much else Level.NOTE, f"{of} {says}")


def _events(tables: Mapping[str, Rows]) -> Iterator[Finding]:
    """Compare the events with their load: what was loaded today may be of years ago."""
    loaded = {file["dataset"]: file["loaded_at"] for file in tables["report_files"]}
    for event, newest in newest_events(tables):
        landed = loaded.get("streams" if event == "stream" else "vendor_reviews")
        if landed and landed - newest > OLD_EVENTS:
            days = (landed - newest).days
            says = f"The newest {event} is of {day(newest)}, {days:,} days before it was loaded."
            yield Finding(STREAMING, Level.CARE, says)
