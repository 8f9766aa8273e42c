"""From a subject to its commit record: which load to begin or go on with, and how it ends."""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from typing import Protocol, TypeVar

import msgspec

from extract import clock
from extract.errors import (
    ExtractError,
    Interrupted,
    LoadNotVerified,
    LoadShrank,
    RawZoneError,
    UnknownSubject,
)
from extract.raw_zone import Load, Part, RawZone, Record, page_lines, totals
from extract.subjects.client import Client
from extract.subjects.names import Subject
from extract.subjects.saved_responses import SavedPage
from extract.subjects.snapshot import Progress, Snapshot, count_distinct, refuse_if_shrunk

RESUMABLE_SECONDS = 24 * 3600  # an older unfinished load is left to `extract resume`
What = TypeVar("What")

# its pages, unless some are missing, are what could not be verified: a new load asks anew
NOTHING_TO_RESUME = frozenset(
    error.__name__ for error in (UnknownSubject, LoadShrank, LoadNotVerified)
)


class Report(Progress, Protocol):
    """Who wants to know how loads go on and end."""

    def begin(self, load: Load, *, resumed: bool) -> None:
        """A load begins, or goes on."""

    def committed(self, load: Load, record: Record) -> None:
        """A load was committed; the record says what."""

    def failed(self, subject: Subject, error: ExtractError) -> None:
        """A load ended without a commit."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a load must satisfy.

    ``max_drift`` is the share of a subject's works that may stay unverified.
    """

    retries: int
    max_drift: float
    allow_shrink: bool = False


class Loader:
    """Loads subjects one after the other; one that fails does not stop the next."""

    def __init__(self, zone: RawZone, client: Client, report: Report, rules: Rules) -> None:
        self._zone = zone
        self._client = client
        self._report = report
        self._rules = rules

    def load(
        self, subjects: Iterable[Subject], limit: int | None, *, since: str | None = None
    ) -> int:
        """Land subjects, going on with loads that were cut short; give the exit code.

        A subject is left alone that has a committed load which started ``since`` then.
        """
        wanted = (
            (subject, limit)
            for subject in subjects
            if since is None or not self._is_loaded(subject, limit, since)
        )
        return self._each(wanted, self._load)

    def resume(self) -> int:
        """Go on with each subject's newest load that is unfinished or has places given up."""
        snapshots = {
            (event["subject"], event["requested_limit"]): Load.from_record(event).subject
            for event in self._zone.events()
            if self._is_ours(event)
        }
        return self._each(
            [(subject, limit) for (_, limit), subject in snapshots.items()], self._resume
        )

    def land_saved(self, groups: dict[Subject, list[SavedPage]]) -> int:
        """Land saved responses; give the exit code."""
        return self._each(groups.items(), self._land_saved)

    def _each(
        self, snapshots: Iterable[tuple[Subject, What]], work: Callable[[Subject, What], None]
    ) -> int:
        exit_code = 0
        for subject, what in snapshots:
            try:
                work(subject, what)
            except (Interrupted, RawZoneError):
                raise
            except ExtractError as error:
                self._report.failed(subject, error)
                exit_code = exit_code or error.exit_code
        return exit_code

    def _is_loaded(self, subject: Subject, limit: int | None, since: str) -> bool:
        newest = self._newest_commit(subject, limit)
        if newest is None or newest["started_at"] < since:
            return False
        self._report.note("already_loaded", subject=subject.slug, load_id=newest["load_id"])
        return True

    def _load(self, subject: Subject, limit: int | None) -> None:
        load = self._unfinished(subject, limit)
        if load and clock.seconds_since(load.started_at) < RESUMABLE_SECONDS:
            self._go_on(load, None)
            return
        load = Load.begin(subject, "api", self._client.url, limit)
        self._zone.note(load, "started")
        self._report.begin(load, resumed=False)
        self._take(self._snapshot(load), amends=False)

    def _resume(self, subject: Subject, limit: int | None) -> None:
        if load := self._unfinished(subject, limit):
            self._go_on(load, None)
            return
        newest = self._newest_commit(subject, limit)
        if newest and newest["missing_places"]:
            self._go_on(Load.from_record(newest), newest["parts"])

    def _go_on(self, load: Load, committed_parts: list[Record] | None) -> None:
        """Go on with a load: with all that it left, or with what its commit record lists."""
        self._zone.note(load, "resumed")
        self._report.begin(load, resumed=True)
        snapshot = self._snapshot(load)
        if committed_parts is None:
            snapshot.adopt(self._zone.landed(load))
        else:
            snapshot.adopt(self._zone.committed(load, committed_parts))
        self._take(snapshot, amends=committed_parts is not None)

    def _unfinished(self, subject: Subject, limit: int | None) -> Load | None:
        """Find the newest load of this snapshot, if it has no commit and can be gone on with."""
        events = filter(self._is_ours, self._zone.events(subject))
        ours = (event for event in events if event["requested_limit"] == limit)
        newest = next(groupby(ours, key=itemgetter("load_id")), None)
        if newest is None:
            return None
        last = max(newest[1], key=itemgetter("occurred_at"))
        committed = self._newest_commit(subject, limit)
        if committed and committed["load_id"] >= last["load_id"]:
            return None
        if last.get("error_type") in NOTHING_TO_RESUME and not last.get("missing_places"):
            return None
        return Load.from_record(last)

    def _newest_commit(self, subject: Subject, limit: int | None) -> Record | None:
        commits = filter(self._is_ours, self._zone.commits(subject))
        return next((record for record in commits if record["requested_limit"] == limit), None)

    def _is_ours(self, record: Record) -> bool:
        """Whether a load came from the API that is asked now; a file has no URL."""
        return bool(record["source_url"] == self._client.url)

    def _snapshot(self, load: Load) -> Snapshot:
        return Snapshot(
            load,
            self._client,
            self._zone,
            self._report,
            retries=self._rules.retries,
            max_drift=self._rules.max_drift,
            last_work_count=self._last_count(load.subject),
        )

    def _last_count(self, subject: Subject) -> int | None:
        """Give the works of the last committed whole load, which a new one is held against."""
        if self._rules.allow_shrink:
            return None
        commits = self._zone.commits(subject)
        return next((record["work_count"] for record in commits if record["is_complete"]), None)

    def _take(self, snapshot: Snapshot, *, amends: bool) -> None:
        """Take a snapshot and commit it, or note why not."""
        requests, retries = self._client.request_count, self._client.retry_count

        def spent() -> Record:
            return {
                "requests": self._client.request_count - requests,
                "retries": self._client.retry_count - retries,
            }

        def so_far() -> Record:
            landed = {"landed_page_count": len(snapshot.pages)}
            counts = {
                "promised_count": snapshot.count or None,
                "missing_places": snapshot.missing_places,
            }
            return landed | counts | spent()

        with self._zone.noting_failure(snapshot.load, so_far):
            drift = snapshot.take()
            self._commit(
                snapshot.load,
                [page.part for page in snapshot.landed],
                {
                    "is_complete": snapshot.is_complete,
                    "promised_count": snapshot.count,
                    "work_count": snapshot.work_count,
                    "drift_count": drift,
                    "missing_places": snapshot.missing_places,
                    "source_files": [],
                    "response": msgspec.Raw(snapshot.envelope),
                }
                | spent(),
                amends=amends,
            )

    def _land_saved(self, subject: Subject, files: list[SavedPage]) -> None:
        """Land files in the order given, as pages that follow each other."""
        load = Load.begin(subject, "files", None, None)
        self._zone.note(load, "started")
        self._report.begin(load, resumed=False)
        self._report.expect(sum(file.work_count for file in files))
        parts: list[Part] = []
        identities: list[array[int]] = []
        with self._zone.noting_failure(load, lambda: {"landed_page_count": len(parts)}):
            for file in files:
                page = file.read()
                offset = sum(part.records for part in parts)
                lines = page_lines(page, offset)
                parts.append(self._zone.land(load, offset, clock.now(), lines))
                identities.append(array("q", page.identities))
                self._report.advance(len(lines))
            work_count, promised = count_distinct(identities), files[0].promised_count
            if work_count > promised:
                raise LoadNotVerified(
                    f"the files about {subject.slug!r} hold {work_count:,} distinct works and "
                    f"promise {promised:,}: save them anew"
                )
            is_complete = work_count == promised
            if is_complete:
                refuse_if_shrunk(subject, promised, self._last_count(subject))
            if promised == 0:
                raise UnknownSubject(
                    f"the files about {subject.slug!r} hold no works, as of an unknown subject: "
                    "check the spelling and save them anew"
                )
            self._commit(
                load,
                parts,
                {
                    "is_complete": is_complete,
                    "promised_count": promised,
                    "work_count": work_count,
                    "drift_count": 0,
                    "missing_places": [],
                    "source_files": [{"name": f.path.name, "sha256": f.sha256} for f in files],
                    "requests": 0,
                    "retries": 0,
                    "response": msgspec.Raw(page.envelope),
                },
                amends=False,
            )

    def _commit(self, load: Load, parts: list[Part], outcome: Record, *, amends: bool) -> None:
        """Publish the commit record; of two loaders that resumed one load the first does so."""
        record = outcome | totals([asdict(part) for part in parts])
        self._zone.commit(load, record, amends=amends)
        self._report.committed(load, record)
