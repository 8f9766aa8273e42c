"""Whether the numbers can be trusted: findings about the loads and the records, and the verdict.

How old the data is, is not judged here but by the page, when it is read: a page that lies around
grows old, and the same data gives the same page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Row = Mapping[str, Any]
    Rows = Sequence[Row]

# Shares of the records or books. One record in a hundred changes no chart's shape; one in twenty
# may. A tenth is what a reader of a chart notices to be missing.
FEW = 0.01
MANY = 0.05
NOTICEABLE = 0.1

CATALOG = "catalog"
STREAMING = "streaming"


class Level(IntEnum):
    """How much a finding matters; the verdict is the worst of them."""

    GOOD = 0
    NOTE = 1
    CARE = 2
    BAD = 3


@dataclass(frozen=True)
class Finding:
    """One sentence about the data of a domain, and the analysis that it comes from."""

    domain: str
    level: Level
    says: str
    analysis: str


def findings(tables: Mapping[str, Rows]) -> list[Finding]:
    """Judge what the analyses say, the worst first; none about a domain that was never loaded."""
    found = [
        *_loads(tables["report_newest_loads"]),
        *_subjects(tables["report_subjects"]),
        *_files(tables["report_files"]),
        *_streams(tables["report_streaming_totals"]),
    ]
    return sorted(found, key=lambda finding: -finding.level)


def verdict(found: Sequence[Finding]) -> Level:
    """Give the worst level; a note is no reason to doubt."""
    worst = max((finding.level for finding in found), default=Level.GOOD)
    return Level.GOOD if worst == Level.NOTE else worst


def share(part: int, whole: int) -> str:
    """Say a part of a whole in percent, and never 0 % of some or 100 % of not all."""
    if not part or not whole:
        return "0 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "under 0.1 %"
    if part < whole and percent > 99.9:
        return "over 99.9 %"
    return f"{percent:.1f} %" if percent < 10 or percent > 99 else f"{percent:.0f} %"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _name(load: Row) -> str:
    return f"“{load['subject']}”" if load["subject"] else "the streaming company's files"


def _loads(loads: Rows) -> Iterator[Finding]:
    for load in loads:
        domain = CATALOG if load["subject"] else STREAMING

        def found(level: Level, says: str, domain: str = domain) -> Finding:
            return Finding(domain, level, says[0].upper() + says[1:], "report_newest_loads")

        name = _name(load)
        if load["last_status"] in {"failed", "interrupted", "unfinished"}:
            ended = "has not ended" if load["last_status"] == "unfinished" else "failed"
            if load["load_id"] is None:
                yield found(Level.BAD, f"{name}: no load has succeeded yet, the newest {ended}.")
                continue
            if load["last_started_at"] > load["started_at"]:
                yield found(
                    Level.CARE,
                    f"{name}: the newest load, of {load['last_started_at']:%-d %B %Y}, {ended};"
                    f" these are the numbers of {load['started_at']:%-d %B %Y}.",
                )
        if load["status"] == "partial":
            of = f" of {load['promised_count']:,}" if load["promised_count"] else ""
            yield found(
                Level.CARE,
                f"{name} is a part of the subject: {load['work_count']:,}{of} books were asked for.",
            )
        elif load["status"] == "complete" and load["subject"]:
            yield found(Level.GOOD, f"{name} is complete: {load['work_count']:,} books.")
        elif load["status"] == "complete":
            yield found(Level.GOOD, f"{name} are complete: {load['record_count']:,} records.")
        if load["missing_count"]:
            yield found(
                Level.CARE,
                f"{name}: {_plural(load['missing_count'], 'place')} of the subject could not be"
                " fetched and were given up.",
            )
        if load["drift_count"]:
            yield found(
                Level.CARE,
                f"{name}: {_plural(load['drift_count'], 'book')} could not be reconciled with the"
                " number that Open Library promised.",
            )


def _subjects(subjects: Rows) -> Iterator[Finding]:
    landed = [subject for subject in subjects if subject["loaded_at"]]
    for subject in subjects:
        if landed and subject["is_tracked"] and not subject["loaded_at"]:
            says = f"“{subject['subject']}” is tracked, and was never loaded."
            yield Finding(CATALOG, Level.CARE, says, "report_subjects")
    if not landed:
        return

    def total(column: str) -> int:
        return sum(subject[column] or 0 for subject in landed)

    books = total("book_count")
    yield _rejected(CATALOG, total("rejected_count"), total("record_count"), "report_subjects")
    for column, noun, few in (
        ("books_with_implausible_year_count", "an implausible year of publication", FEW),
        ("books_without_year_count", "no year of publication", NOTICEABLE),
        ("books_without_author_count", "no author", NOTICEABLE),
        ("books_without_title_count", "no title", FEW),
    ):
        if count := total(column):
            level = Level.CARE if count > few * books else Level.NOTE
            missed = {"no author": "counts by author", "no title": ""}.get(noun, "counts by year")
            yield Finding(
                CATALOG,
                level,
                f"{_plural(count, 'book')} ({share(count, books)}) "
                f"{'has' if count == 1 else 'have'} {noun}"
                + (f" and {'is' if count == 1 else 'are'} left out of {missed}." if missed else "."),
                "report_subjects",
            )


def _files(files: Rows) -> Iterator[Finding]:
    if files:
        rejected = sum(file["rejected_count"] for file in files)
        records = sum(file["record_count"] for file in files)
        yield _rejected(STREAMING, rejected, records, "report_files")


def _rejected(domain: str, rejected: int, records: int, analysis: str) -> Finding:
    if not rejected:
        says = f"None of {_plural(records, 'record')} was rejected."
        return Finding(domain, Level.GOOD, says, analysis)
    level = (
        Level.BAD
        if rejected > MANY * records
        else Level.CARE
        if rejected > FEW * records
        else Level.NOTE
    )
    says = f"{rejected:,} of {_plural(records, 'record')} ({share(rejected, records)})"
    return Finding(
        domain, level, f"{says} {'was' if rejected == 1 else 'were'} rejected.", analysis
    )


def _streams(totals: Rows) -> Iterator[Finding]:
    for total in totals:
        longer, compared = total["longer_than_movie_count"], total["compared_stream_count"]
        if longer:
            yield Finding(
                STREAMING,
                Level.CARE if longer > NOTICEABLE * compared else Level.NOTE,
                f"{longer:,} of {_plural(compared, 'stream')} ({share(longer, compared)}) last"
                " longer than their movie: hours are as reported, and overstated.",
                "report_streaming_totals",
            )
        early, reviews = total["updated_before_created_count"], total["review_count"]
        if early:
            yield Finding(
                STREAMING,
                Level.CARE if early > NOTICEABLE * reviews else Level.NOTE,
                f"{early:,} of {_plural(reviews, 'review')} ({share(early, reviews)}) were changed"
                " before they were written, as the vendor says: do not rely on their times.",
                "report_streaming_totals",
            )
