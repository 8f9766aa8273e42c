"""From a subject to its commit record: which load to start or resume, and how it ends."""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from itertools import groupby
from operator import itemgetter

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
from extract.loads import Part, Record, refuse_if_shrunk, totals
from extract.raw_zone import RawZone
from extract.reporting import Reporter
from extract.settings import LoadOptions
from extract.subjects import landing
from extract.subjects.client import Client
from extract.subjects.landing import SubjectLoad
from extract.subjects.names import Subject
from extract.subjects.overlaps import count_distinct
from extract.subjects.saved_responses import SavedPage
from extract.subjects.snapshot import Snapshot

RESUMABLE_SECONDS = 24 * 3600  # an older unfinished load is left to `extract resume`

# unless pages are missing, those that were landed cannot be verified: a new load fetches them again
NOTHING_TO_RESUME = frozenset(
    error.__name__ for error in (UnknownSubject, LoadShrank, LoadNotVerified)
)


class SubjectLoader:
    """Loads subjects one after the other; one that fails does not stop the next."""

    def __init__(
        self, zone: RawZone, client: Client, reporter: Reporter, options: LoadOptions
    ) -> None:
        self._zone = zone
        self._client = client
        self._reporter = reporter
        self._options = options

    def load(
        self, subjects: Iterable[Subject], limit: int | None, *, since: str | None = None
    ) -> int:
        """Land subjects, resuming loads that were cut short; return the exit code.

        A subject with a committed load that started at or after ``since`` is skipped.
        """
        wanted = (
            (subject, partial(self._load, subject, limit))
            for subject in subjects
            if since is None or not self._is_loaded(subject, limit, since)
        )
        return self._for_each(wanted)

    def resume(self) -> int:
        """Resume each subject's newest load if it is unfinished or has offsets given up."""
        started = {
            (event["subject"], event["requested_limit"]): SubjectLoad.from_record(event).subject
            for event in self._zone.events()
            if self._is_from_this_api(event)
        }
        found = [(s, self._resumable(s, limit)) for (_, limit), s in started.items()]
        work = [(s, partial(self._continue, *load)) for s, load in found if load]
        if not work:
            self._reporter.note("nothing_to_resume")
        return self._for_each(work)

    def land_saved(self, groups: dict[Subject, list[SavedPage]]) -> int:
        """Land saved responses; return the exit code."""
        return self._for_each(
            (s, partial(self._land_saved, s, pages)) for s, pages in groups.items()
        )

    def _for_each(self, subjects: Iterable[tuple[Subject, Callable[[], None]]]) -> int:
        failed: list[str] = []
        loaded: list[str] = []
        exit_code = 0
        for subject, work in subjects:
            try:
                work()
            except (Interrupted, RawZoneError):
                raise
            except ExtractError as error:
                self._reporter.failed(error, subject=subject.slug)
                failed.append(subject.slug)
                exit_code = exit_code or error.exit_code
            else:
                loaded.append(subject.slug)
        if failed and len(failed) + len(loaded) > 1:
            self._reporter.note("subjects_failed", failed=failed, loaded=loaded)
        return exit_code

    def _is_loaded(self, subject: Subject, limit: int | None, since: str) -> bool:
        newest = self._newest_commit(subject, limit)
        if newest is None or newest["started_at"] < since:
            return False
        self._reporter.note("already_loaded", subject=subject.slug, load_id=newest["load_id"])
        return True

    def _load(self, subject: Subject, limit: int | None) -> None:
        load = self._unfinished(subject, limit)
        if load and clock.seconds_since(load.started_at) < RESUMABLE_SECONDS:
            self._continue(load)
            return
        load = SubjectLoad.begin(subject, self._client.url, limit)
        self._zone.write_event(load, "started")
        self._reporter.begin(load)
        self._take(self._snapshot(load), amends=False)

    def _resumable(
        self, subject: Subject, limit: int | None
    ) -> tuple[SubjectLoad, list[Record] | None] | None:
        """Find the newest load if it is unfinished, or committed with offsets given up."""
        if load := self._unfinished(subject, limit):
            return load, None
        newest = self._newest_commit(subject, limit)
        if newest and newest["missing_places"]:
            return SubjectLoad.from_record(newest), newest["parts"]
        return None

    def _continue(self, load: SubjectLoad, committed: list[Record] | None = None) -> None:
        """Continue a load with all the parts that it left, or those its commit record lists."""
        self._zone.write_event(load, "resumed")
        self._reporter.begin(load, resumed=True)
        snapshot = self._snapshot(load)
        snapshot.reuse_parts(landing.read_back(self._zone, load, committed))
        self._take(snapshot, amends=committed is not None)

    def _unfinished(self, subject: Subject, limit: int | None) -> SubjectLoad | None:
        """Find the newest load of a subject and limit, if it is uncommitted and resumable."""
        events = filter(self._is_from_this_api, self._zone.events(subject))
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
        return SubjectLoad.from_record(last)

    def _newest_commit(self, subject: Subject, limit: int | None) -> Record | None:
        commits = filter(self._is_from_this_api, self._zone.commits(subject))
        return next((record for record in commits if record["requested_limit"] == limit), None)

    def _is_from_this_api(self, record: Record) -> bool:
        """Whether a load came from the present API; saved responses have no URL."""
        return bool(record["source_url"] == self._client.url)

    def _snapshot(self, load: SubjectLoad) -> Snapshot:
        last = self._last_work_count(load.subject)
        return Snapshot(load, self._client, self._zone, self._reporter, self._options, last)

    def _last_work_count(self, subject: Subject) -> int | None:
        """Return the works of the last complete load, unless a new one may have far fewer."""
        if self._options.allow_shrink:
            return None
        commits = self._zone.commits(subject)
        return next((record["work_count"] for record in commits if record["is_complete"]), None)

    def _take(self, snapshot: Snapshot, *, amends: bool) -> None:
        """Take a snapshot and commit it, or record why that failed."""
        requests, retries = self._client.request_count, self._client.retry_count

        def spent() -> Record:
            return {
                "requests": self._client.request_count - requests,
                "retries": self._client.retry_count - retries,
            }

        def so_far() -> Record:
            return {
                "landed_page_count": len(snapshot.pages),
                "promised_count": snapshot.count or None,
                "missing_places": snapshot.missing_offsets,
            } | spent()

        with self._zone.recording_failure(snapshot.load, so_far):
            drift = snapshot.take()
            self._commit(
                snapshot.load,
                [page.part for page in snapshot.landed],
                {
                    "is_complete": snapshot.is_complete,
                    "promised_count": snapshot.count,
                    "work_count": snapshot.work_count,
                    "drift_count": drift,
                    "missing_places": snapshot.missing_offsets,
                    "source_files": [],
                    "response": msgspec.Raw(snapshot.envelope),
                }
                | spent(),
                amends=amends,
            )

    def _land_saved(self, subject: Subject, files: list[SavedPage]) -> None:
        """Land files in the order given, as consecutive pages."""
        load = SubjectLoad.begin(subject, None, None)
        self._zone.write_event(load, "started")
        self._reporter.begin(load)
        self._reporter.expect(sum(file.work_count for file in files))
        parts: list[Part] = []
        identities: list[array[int]] = []
        with self._zone.recording_failure(load, lambda: {"landed_page_count": len(parts)}):
            for file in files:
                page = file.read()
                offset = sum(part.records for part in parts)
                lines = landing.page_lines(page, offset)
                parts.append(landing.land_page(self._zone, load, offset, clock.now(), lines))
                identities.append(array("q", page.identities))
                self._reporter.advance(len(lines))
            work_count, promised = count_distinct(identities), files[0].promised_count
            if work_count > promised:
                raise LoadNotVerified(
                    f"the files for subject {subject.slug!r} contain {work_count:,} distinct works "
                    f"but promise {promised:,}: save the responses again"
                )
            is_complete = work_count == promised
            if is_complete:
                last = self._last_work_count(subject)
                refuse_if_shrunk(f"subject {subject.slug!r}", "works", promised, last)
            if promised == 0:
                raise UnknownSubject(
                    f"the files for subject {subject.slug!r} contain no works, so Open Library "
                    "does not know it: check the spelling and save the responses again"
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

    def _commit(
        self, load: SubjectLoad, parts: list[Part], outcome: Record, *, amends: bool
    ) -> None:
        """Publish the commit record; if two loaders resumed one load, the first one's counts."""
        record = outcome | totals([asdict(part) for part in parts])
        self._zone.commit(load, record, amends=amends)
        self._reporter.committed(
            load,
            {
                "is_complete": record["is_complete"],
                "works": record["work_count"],
                "promised": record["promised_count"],
                "drift": record["drift_count"],
                "missing_places": record["missing_places"],
                "records": record["record_count"],
                "bytes": record["bytes"],
                "requests": record["requests"],
                "retries": record["retries"],
            },
        )
