"""A complete, verified snapshot of one subject, from an API that changes and errs meanwhile.

Pages overlap by one work. Where neighbours disagree about it, the older page is fetched again,
until all overlaps agree. The distinct works landed must then match the subject's count, which is
read before the first page, on every page, and once more at the end.
"""

import math
import threading
from array import array
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from http import HTTPStatus

from extract import clock
from extract.errors import (
    RESUME,
    FetchFailed,
    LoadNotVerified,
    ResponseRejected,
    SourceUnavailable,
    UnknownSubject,
)
from extract.loads import refuse_if_shrunk, shrinks
from extract.raw_zone import RawZone
from extract.reporting import Reporter
from extract.settings import LoadOptions
from extract.subjects.client import WORKERS, Check, Client
from extract.subjects.landing import LandedPart, Line, SubjectLoad, land_page, page_lines
from extract.subjects.overlaps import PAGE, LandedPage, count_distinct, disagreements, plan
from extract.subjects.response import Page

GIVE_UP_AFTER = 3  # pages in a row that failed for good: the source is down, not one page


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
        self.count = 0
        self.pages: dict[int, LandedPage] = {}
        self.envelope = b"{}"
        self._client = client
        self._zone = zone
        self._reporter = reporter
        self._options = options
        self._last = last_work_count
        self._counting = threading.Lock()
        self._name = f"subject {load.subject.slug!r}"

    @property
    def goal(self) -> int:
        """How many works, from the first, the load should contain."""
        limit = self.load.requested_limit
        return self.count if limit is None else min(limit, self.count)

    @property
    def is_complete(self) -> bool:
        """Whether the load should contain the whole subject."""
        return self.goal == self.count

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

    @property
    def allowed_drift(self) -> int:
        """By how many works the load may differ from the subject's count."""
        return math.floor(self._options.max_drift * self.goal)

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
        """Fetch and land pages until all agree; return the drift that remains.

        Raises:
            UnknownSubject, LoadShrank, LoadNotVerified: none of this may be committed.
            SourceUnavailable, ResponseRejected: pages failed for good; each is a dead letter.
        """
        self._open()
        refetches = len(plan(self.goal)) + 10 * (1 + self._options.retries)  # before giving up
        while True:
            self._drop_pages_that_no_longer_fit()
            if todo := [o for o in plan(self.goal) if o not in self.pages]:
                self._fetch_all(todo)
                continue
            if self._closing_count_agrees():
                pairs = disagreements(self.landed)
                stale = {min(pair, key=lambda page: page.fetched_at) for pair in pairs}
                if not stale or refetches <= 0:
                    return self._verify()
                for page in stale:
                    self._reporter.note("overlap_disagrees", offset=page.offset)
                    del self.pages[page.offset]
                refetches -= len(stale)
            elif refetches <= 0:
                return self._verify()
            else:
                refetches -= 1

    def _open(self) -> None:
        """Read the count, and check that it can be that of the whole subject."""
        page = self._settled_count(0, lambda count: count > 0 and not shrinks(count, self._last))
        self.count, self.envelope = page.count, page.envelope
        refuse_if_shrunk(self._name, "works", self.count, self._last)
        if page.count == 0:
            raise UnknownSubject(
                f"Open Library does not know {self._name}: check the spelling"
                f"{self.load.subject.hint}"
            )
        self._reporter.expect(self.goal)
        self._reporter.advance(sum(page.length for page in self.pages.values()))

    def _closing_count_agrees(self) -> bool:
        """Read the count once more, past the end, which makes it a different query."""
        page = self._settled_count(
            self.count, lambda count: count == self.count, self._reject_absurd_count
        )
        self.envelope = page.envelope
        if page.count == self.count:
            return True
        self._change_count(page.count)
        return False

    def _settled_count(
        self, offset: int, is_plausible: Callable[[int], bool], check: Check | None = None
    ) -> Page:
        """Read the count until it is plausible, or the same twice in a row."""
        before = None
        remedy = f"; wait, then {RESUME}"
        for _ in range(3 + self._options.retries):
            try:
                page = self._client.page(self.load.subject, offset, 0, check=check)
            except FetchFailed as error:
                then = f", then {RESUME}" if error.is_unreachable else remedy
                message = f"{self._name}: {error}{then}"
                raise type(error)(message, status=error.status) from error
            if is_plausible(page.count) or page.count == before:
                return page
            before = page.count
        raise ResponseRejected(
            f"Open Library reports a different count for {self._name} on every request{remedy}"
        )

    def _change_count(self, count: int) -> None:
        self._reporter.note("count_changed", before=self.count, now=count)
        self.count = count
        self._reporter.expect(self.goal)

    def _reject_absurd_count(self, page: Page) -> None:
        """A subject does not lose a fifth of its works while its pages are fetched."""
        if shrinks(page.count, self.count):
            raise ResponseRejected(f"work_count is {page.count:,} but was {self.count:,} before")

    def _drop_pages_that_no_longer_fit(self) -> None:
        """Forget pages that are impossible with the present count."""
        fitting = {offset: min(PAGE, self.goal - offset) for offset in plan(self.goal)}
        self.pages = {o: p for o, p in self.pages.items() if fitting.get(o) == p.length}

    def _fetch_all(self, offsets: list[int]) -> None:
        """Fetch and land pages, several at a time; one that fails does not stop the others.

        Raises:
            FetchFailed: pages failed for good; each is now a dead letter.
        """
        failures: dict[int, FetchFailed] = {}
        in_a_row = 0
        waiting = iter(offsets)
        running: dict[Future[LandedPage], int] = {}
        pool = ThreadPoolExecutor(WORKERS)
        try:
            while True:
                while len(running) < WORKERS and in_a_row < GIVE_UP_AFTER:
                    if (offset := next(waiting, None)) is None:
                        break
                    running[pool.submit(self._fetch, offset)] = offset
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    offset = running.pop(future)
                    try:
                        page = future.result()
                    except FetchFailed as error:
                        failures[offset] = error
                        in_a_row += 1
                        self._write_dead_letter(offset, self._limit(offset), error)
                    else:
                        in_a_row = 0
                        self.pages[offset] = page
                        self._reporter.advance(page.length)
        finally:
            # on a stop, requests in flight are abandoned: their pages were landed or were not
            pool.shutdown(wait=False, cancel_futures=True)
        if failures:
            raise self._failure(failures)

    def _fetch(self, offset: int) -> LandedPage:
        """Fetch and land one page; runs in a worker thread."""
        limit = self._limit(offset)
        missing: dict[int, FetchFailed] = {}
        try:
            lines = self._lines(offset, limit)
        except SourceUnavailable as error:
            if error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            self._reporter.note("halving_a_page", offset=offset, error=str(error))
            lines, missing = self._salvage(offset, min(limit, self.goal - offset))
        for given_up, reason in missing.items():
            self._write_dead_letter(given_up, 1, reason)
        fetched_at = clock.now()
        part = land_page(self._zone, self.load, offset, fetched_at, lines)
        works = array("q", (line.identity for line in lines))
        return LandedPage(offset, part, fetched_at, works, tuple(missing))

    def _limit(self, offset: int) -> int:
        partial = self.load.requested_limit
        return PAGE if partial is None else min(PAGE, partial - offset)

    def _lines(self, offset: int, limit: int, retries: int | None = None) -> list[Line]:
        page = self._client.page(
            self.load.subject,
            offset,
            limit,
            check=lambda page: self._check(page, offset, limit),
            retries=retries,
        )
        return page_lines(page, offset)

    def _check(self, page: Page, offset: int, limit: int) -> None:
        """Reject a page that cannot be the one at this offset."""
        if page.count != self.count:
            with self._counting:
                self._arbitrate(page)
        expected = max(0, min(limit, page.count - offset))
        if len(page.works) != expected:
            raise ResponseRejected(f"{len(page.works):,} works instead of {expected:,}")
        if len(set(page.identities)) != len(page.works):
            raise ResponseRejected("the page contains a work twice")

    def _arbitrate(self, page: Page) -> None:
        """If a page reports a different count, ask for the count alone to learn which is right."""
        if page.count == self.count:
            return
        self._reject_absurd_count(page)
        count = self._client.page(self.load.subject, self.count, 0).count
        if count != page.count:
            raise ResponseRejected(f"work_count is {page.count:,}, but {count:,} when asked again")
        self._change_count(count)

    def _salvage(self, offset: int, limit: int) -> tuple[list[Line], dict[int, FetchFailed]]:
        """Fetch a page that always fails with 500 in pieces, without the works that cause it.

        The pieces do not overlap, so they are fetched until they are the same twice in a row: then
        nothing was inserted or deleted between the first piece and the last. Each line keeps the
        offset it would have in the whole page, so that no two lines of a load share one.

        Raises:
            SourceUnavailable: more works cause it than may be missing.
            ResponseRejected: the pieces are different every time.
        """
        before = None
        for _ in range(2 + self._options.retries):
            missing: dict[int, FetchFailed] = {}
            pieces = self._halve(offset, limit, missing)
            works = [line.identity for line in pieces]
            if works == before:
                return [
                    replace(line, offset=offset, position=line.offset + line.position - offset)
                    for line in pieces
                ], missing
            before = works
        raise ResponseRejected("the page contains different works on every request")

    def _halve(self, offset: int, limit: int, missing: dict[int, FetchFailed]) -> list[Line]:
        try:
            return self._lines(offset, limit, retries=1)
        except SourceUnavailable as error:
            too_many = len(missing) >= max(1, self.allowed_drift)
            if error.status != HTTPStatus.INTERNAL_SERVER_ERROR or too_many:
                raise
            if limit == 1:
                missing[offset] = error
                return []
        half = limit // 2
        return [
            *self._halve(offset, half, missing),
            *self._halve(offset + half, limit - half, missing),
        ]

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

    def _verify(self) -> int:
        """Compare what was landed with the count; return the drift."""
        refuse_if_shrunk(self._name, "works", self.count, self._last)
        distinct = self.work_count
        disagreeing = len(disagreements(self.landed))
        drift = abs(self.goal - distinct) + disagreeing
        if drift > self.allowed_drift:
            remedy = RESUME if self.missing_offsets else "load it again"
            raise LoadNotVerified(
                f"{self._name}: landed {distinct:,} distinct works of {self.goal:,} promised, "
                f"{disagreeing} overlaps disagree, offsets given up: "
                f"{self.missing_offsets or 'none'}; allowed drift: {self.allowed_drift} works "
                f"(--max-drift); {remedy}"
            )
        return drift
