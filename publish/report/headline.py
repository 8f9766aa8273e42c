"""The headline: the numbers a reader asks for first, what changed, and how old the events are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publish.report import trust
from publish.report.formatting import day, number, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Row = Mapping[str, Any]
    Tables = Mapping[str, Sequence[Row]]

FIRST_LOAD = "first load"


@dataclass(frozen=True)
class Figure:
    """One number, its context, and what changed since the load before, as far as that is known."""

    label: str
    value: str
    note: str
    change: str = ""


def figures(tables: Tables) -> list[Figure]:
    """Give the numbers of what was loaded: of books, of streams, or of both."""
    return [*_catalog(tables), *_streaming(tables)]


def newest_events(tables: Tables) -> dict[str, str]:
    """Say for each domain how new its events are, however new their load is."""
    years = [row["last_publish_year"] for row in tables["report_scopes"][:1]]
    catalog = [f"newest book {year}" for year in years if year is not None]
    streaming = [f"newest {event} {day(when)}" for event, when in trust.newest_events(tables)]
    listed = {trust.CATALOG: ", ".join(catalog), trust.STREAMING: ", ".join(streaming)}
    return {domain: says for domain, says in listed.items() if says}


def _catalog(tables: Tables) -> Iterator[Figure]:
    if not tables["report_scopes"]:
        return
    books = tables["report_scopes"][0]
    count = books["book_count"]
    loads = [load for load in trust.built_loads(tables) if load["subject"]]
    yield Figure(
        "Books",
        number(count),
        plural(books["edition_count"], "edition"),
        _books_changed(loads, tables["report_changed_books"]),
    )
    without = books["books_without_author_count"]
    yield Figure(
        "Authors",
        number(books["author_count"]),
        f"{plural(without, 'book')} {'names' if without == 1 else 'name'} none",
    )
    averages = [row for row in tables["report_averages"] if row["scope"] == ""]
    years = sum(row["active_year_count"] for row in averages)
    of_authors = sum(row["dated_book_count"] for row in averages)
    yield Figure(
        "Per author and year",
        f"{of_authors / years:.2f}" if years else number(None),
        "books, in years with any",
    )
    doubted = trust.doubtful_year_count(tables)
    looks = f"; {number(doubted)} {'looks' if doubted == 1 else 'look'} wrong" if doubted else ""
    yield Figure(
        "Books with a year", number(books["dated_book_count"]), f"of {number(count)}{looks}"
    )
    subjects = tables["report_subjects"]
    yield Figure(
        "Subjects",
        number(sum(bool(subject["load_id"]) for subject in subjects)),
        f"of {number(len(subjects))} tracked or loaded",
    )


def _books_changed(loads: Sequence[Row], changes: Sequence[Row]) -> str:
    """Add up the subjects: a book that two of them gained counts for both."""
    compared = [
        load for load in loads if load["status"] == "complete" and load["previous_started_at"]
    ]
    if not loads:
        return ""
    if not compared:
        known = any(load["previous_started_at"] for load in loads)
        return "only part is loaded: not compared" if known else FIRST_LOAD
    counts = {
        kind: sum(
            row["book_count"]
            for row in changes
            if row["change_kind"] == kind and row["book_rank"] == 1
        )
        for kind in ("new", "vanished")
    }
    since = min(load["previous_started_at"] for load in compared)
    of = "" if len(compared) == len(loads) else f" in {len(compared)} of {len(loads)} subjects"
    return f"{number(counts['new'])} new, {number(counts['vanished'])} gone{of} since {day(since)}"


def _streaming(tables: Tables) -> Iterator[Figure]:
    files = {file["dataset"]: file for file in tables["report_files"]}
    if not files:
        return
    (total,) = tables["report_streaming_totals"]
    before = {
        load["load_id"]: load["previous_started_at"]
        for load in trust.built_loads(tables)
        if not load["subject"]
    }

    def changed(dataset: str, of: Callable[[Row], str]) -> str:
        """Nothing where the file is not built, or where no older version is known."""
        file = files.get(dataset)
        if not file or file["load_id"] not in before:
            return ""
        since = before[file["load_id"]]
        says = of(file) if since else FIRST_LOAD
        return f"{says} since {day(since)}" if since and says else says

    def records(file: Row) -> str:
        kinds = ("new", "changed", "gone")
        counts = [(kind, file[f"{kind}_count"]) for kind in kinds]
        return ", ".join(f"{number(count)} {kind}" for kind, count in counts if count is not None)

    sent = number(total["newest_export_stream_count"])
    newest = dict(trust.newest_events(tables))
    yield Figure(
        "Streams",
        number(total["stream_count"]),
        f"newest {day(newest['stream'])}" if "stream" in newest else "",
        # with those that an earlier export had, too
        changed("streams", lambda _: f"{sent} in the newest export,"),
    )
    yield Figure(
        "Movies",
        number(total["movie_count"]),
        f"{number(total['streamed_movie_count'])} streamed",
        changed("movies", records),
    )
    yield Figure(
        "Reviews",
        number(total["review_count"]),
        f"newest {day(newest['review'])}" if "review" in newest else "",
        changed("vendor_reviews", records),
    )
