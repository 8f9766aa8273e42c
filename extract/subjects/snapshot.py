"""A complete, verified snapshot of one subject, from an API that changes and errs meanwhile.

Each page is requested again after all are landed, and pages that differ are landed anew, until
every page was seen again, unchanged, since the last change: then all of them were true at that
instant. The distinct works landed must match the subject's count, which is read before the first
page, on every page, and once more at the end.
"""

import math
import time
from array import array
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from extract import clock
from extract.errors import RESUME, FetchFailed, LoadNotVerified
from extract.raw_zone import RawZone
from extract.reporting import Reporter
from extract.settings import LoadOptions
from extract.subjects.client import WORKERS, Client
from extract.subjects.counting import Count
from extract.subjects.landing import LandedPart, SubjectLoad, land_page
from extract.subjects.overlaps import (
    PAGE,
    LandedPage,
    came_or_went,
    count_distinct,
    disagreements,
    plan,
)
from extract.subjects.reading import PageReader

GIVE_UP_AFTER = 3  # pages in a row that failed for good: the source is down, not one page
NOTED_LOOK = 100  # pages; looking at more again is reported, because it takes over half a minute
LOOKS = 2  # at all pages, on average, before a subject that keeps changing is left as it is


class Snapshot:
    """Fetches, lands and verifies one load; afterwards it knows what to commit."""

    def __init__(
        self,
        load: SubjectLoad,
        client: Client,
        zone: RawZone,
        reporter: Reporter,
        options: LoadOptions,
        last_work_count: int | None,
    ) -> None:
        self.load = load
        self.pages: dict[int, LandedPage] = {}
        self._client = client
        self._zone = zone
        self._reporter = reporter
        self._options = options
        self._count = Count(load, client, reporter, options, last_work_count)
        self._reader = PageReader(load, client, self._count, reporter, options)
        # one for the whole load: new threads for each round took more memory
        self._pool = ThreadPoolExecutor(WORKERS)
        self._landed_at = 0.0  # the last page, on the monotonic clock
        self._moved: set[int] = set()  # works that came or went since they were first landed
        self._name = f"subject {load.subject.slug!r}"

    @property
    def count(self) -> int:
        """How many works the subject has; 0 before it is known."""
        return self._count.value

    @property
    def envelope(self) -> bytes:
        """The response that the count was last read from."""
        return self._count.envelope

    @property
    def is_complete(self) -> bool:
        """Whether the load should contain the whole subject."""
        return self._count.goal == self.count

    @property
    def landed(self) -> list[LandedPage]:
        """The pages in the subject's order."""
        return [self.pages[offset] for offset in sorted(self.pages)]

    @property
    def work_count(self) -> int:
        """Distinct works landed."""
        return count_distinct(page.identities for page in self.pages.values())

    @property
    def missing_offsets(self) -> list[int]:
        """Offsets given up that no neighbour contains either."""
        given_up = {offset for page in self.pages.values() for offset in page.missing}
        return sorted(o for o in given_up if not any(p.holds(o) for p in self.pages.values()))

    def reuse_parts(self, parts: Iterable[LandedPart]) -> None:
        """Reuse the parts of an earlier run: for each page, the newest.

        A page with an offset given up is left out, so that it is fetched again.
        """
        for landed in parts:
            offset = landed.part.offset
            offsets = [line.offset + line.position for line in landed.lines]
            known = self.pages.get(offset)
            if offsets == list(range(offset, offset + len(offsets))) and (
                known is None or known.fetched_at < landed.fetched_at
            ):
                works = array("q", (line.identity for line in landed.lines))
                self.pages[offset] = LandedPage(offset, landed.part, landed.fetched_at, works)

    def take(self) -> int:
        """Fetch and land pages until all were true at one instant; return the drift that remains.

        Raises:
            UnknownSubject, LoadShrank, LoadNotVerified: none of this may be committed.
            SourceUnavailable, ResponseRejected: pages failed for good; each is a dead letter.
        """
        try:
            return self._take()
        finally:
            # on a stop, requests in flight are abandoned: their pages were landed or were not
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _take(self) -> int:
        self._count.open()
        self._reporter.advance(sum(page.length for page in self.pages.values()))
        budget = (1 + LOOKS) * len(plan(self._count.goal)) + 10 * (1 + self._options.retries)
        while True:
            self._drop_pages_that_no_longer_fit()
            unknown = self._unknown()
            todo = unknown or self._doubtful()
            if todo and budget > 0:
                budget -= len(todo)
                if not unknown and len(todo) > NOTED_LOOK:
                    self._reporter.note("looking_again", pages=len(todo))
                self._fetch_all(todo)
            elif budget <= 0 or self._count.closes():
                return self._verify(is_settled=not todo)
            else:
                budget -= 1

    def _unknown(self) -> list[int]:
        """Return the offsets of the pages that are not landed."""
        return [offset for offset in plan(self._count.goal) if offset not in self.pages]

    def _doubtful(self) -> list[int]:
        """Return the offsets of the pages that were not seen again since anything last changed.

        A single response of this run needs no second look: all of it is of one instant.
        """
        if len(self.pages) == 1 and self._landed_at and not self.missing_offsets:
            return []
        changed_at = max(self._landed_at, self._count.changed_at)
        return [page.offset for page in self.landed if page.seen_again_at <= changed_at]

    def _drop_pages_that_no_longer_fit(self) -> None:
        """Forget pages that are impossible with the present count."""
        goal = self._count.goal
        fitting = {offset: min(PAGE, goal - offset) for offset in plan(goal)}
        self.pages = {o: p for o, p in self.pages.items() if fitting.get(o) == p.length}

    def _fetch_all(self, offsets: list[int]) -> None:
        """Fetch pages, several at a time, and land those that are new or differ.

        One that fails does not stop the others.

        Raises:
            FetchFailed: pages failed for good; each is now a dead letter.
        """
        failures: dict[int, FetchFailed] = {}
        in_a_row = 0
        waiting = iter(offsets)
        running: dict[Future[LandedPage], int] = {}
        while True:
            while len(running) < WORKERS and in_a_row < GIVE_UP_AFTER:
                if (offset := next(waiting, None)) is None:
                    break
                running[self._pool.submit(self._fetch, offset, self.pages.get(offset))] = offset
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                offset = running.pop(future)
                try:
                    page = future.result()
                except FetchFailed as error:
                    failures[offset] = error
                    in_a_row += 1
                    self._write_dead_letter(offset, self._reader.limit(offset), error)
                else:
                    in_a_row = 0
                    self._accept(page)
        if failures:
            raise self._failure(failures)

    def _accept(self, page: LandedPage) -> None:
        """Keep a page that was fetched; note when it is not what it was before."""
        known = self.pages.get(page.offset)
        self.pages[page.offset] = page
        if known is None:
            self._reporter.advance(page.length)
        elif known.part is page.part:
            return
        else:
            self._reporter.note("page_changed", offset=page.offset)
            self._moved ^= came_or_went(known, page)
        self._landed_at = time.monotonic()

    def _fetch(self, offset: int, known: LandedPage | None) -> LandedPage:
        """Fetch one page, and land it unless it is the one that is known; runs in a worker."""
        asked_at = time.monotonic()
        reading = self._reader.read(offset, known.missing if known else ())
        works = array("q", (line.identity for line in reading.lines))
        missing = tuple(reading.missing)
        if known and (known.identities, known.missing) == (works, missing):
            return replace(known, seen_again_at=asked_at)
        for given_up, reason in reading.missing.items():
            if reason:
                self._write_dead_letter(given_up, 1, reason)
        fetched_at = clock.now()
        part = land_page(self._zone, self.load, offset, fetched_at, reading.lines)
        return LandedPage(offset, part, fetched_at, works, missing)

    def _write_dead_letter(self, offset: int, limit: int, error: FetchFailed) -> None:
        self._reporter.note("dead_letter", offset=offset, limit=limit, error=str(error))
        self._zone.write_dead_letter(
            self.load,
            offset,
            limit=limit,
            url=self._client.address(self.load.subject, offset, limit),
            status=error.status,
            error=str(error),
            attempts=error.attempts,
        )

    def _failure(self, failures: dict[int, FetchFailed]) -> FetchFailed:
        offsets = sorted(failures)
        first = failures[offsets[0]]
        return type(first)(
            f"{self._name}: failed for good at offset "
            f"{', '.join(map(str, offsets[:5]))}{', …' if offsets[5:] else ''}: {first}; "
            f"{RESUME} to fetch what is missing",
            status=first.status,
        )

    def _verify(self, *, is_settled: bool) -> int:
        """Compare what was landed with the count; return the drift."""
        self._count.refuse_if_shrunk()
        goal, distinct = self._count.goal, self.work_count
        disagreeing = len(disagreements(self.landed))
        moved = 0 if is_settled else max(1, len(self._moved))
        drift = abs(goal - distinct) + disagreeing + moved
        allowed = self._reader.allowed_drift
        if drift > allowed:
            share = math.ceil(drift / goal * 1e6) / 1e6
            remedy = (
                f"{RESUME} once Open Library has fixed them"
                if self.missing_offsets
                else "load it again later"
            )
            raise LoadNotVerified(
                f"{self._name}: landed {distinct:,} distinct works of {goal:,} promised, "
                f"{disagreeing} overlaps disagree, {moved} works came or went meanwhile, "
                f"offsets given up: {self.missing_offsets or 'none'}; allowed drift: {allowed} "
                f"works; {remedy}, or accept this with --max-drift {share:g}"
            )
        return drift
