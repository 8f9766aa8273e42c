"""A complete, verified snapshot of one subject, out of pages that may lie.

Pages of 1,000 overlap by one work. Where the shared work differs, something was inserted or
deleted before the cursor while paging, and the older of the two pages is fetched again, until
all overlaps agree. What is then landed must have as many distinct works as the subject says it
has, asked before, on every page, and once more at the end.
"""

import math
import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import chain, pairwise
from typing import Protocol

from extract import clock
from extract.errors import (
    FetchFailed,
    LoadNotVerified,
    LoadShrank,
    ResponseRejected,
    SourceUnavailable,
    UnknownSubject,
)
from extract.raw_zone import LandedPart, Line, Load, Part, RawZone, page_lines
from extract.subjects.client import WORKERS, Check, Client
from extract.subjects.names import Subject
from extract.subjects.response import Page

PAGE = 1000  # works; the API's largest page
STEP = PAGE - 1  # so that neighbours share one work
SHRINK = 0.8  # of the works of the last committed load, at least
GIVE_UP_AFTER = 3  # pages in a row that failed for good: the source is down, not a page


class Progress(Protocol):
    """Who wants to know how a snapshot goes on."""

    def expect(self, works: int) -> None:
        """The subject has this many works (or now has)."""

    def advance(self, landed_works: int) -> None:
        """So many works are landed by now."""

    def note(self, event: str, **details: object) -> None:
        """Something happened that an operator wants to read of."""


@dataclass(frozen=True, slots=True, eq=False)
class LandedPage:
    """A landed page: what of it must be known to compare it with its neighbours.

    ``missing`` holds the places, counted from the subject's start, that were given up.
    """

    offset: int
    part: Part
    fetched_at: str
    identities: "array[int]"
    missing: tuple[int, ...] = ()

    @property
    def length(self) -> int:
        """How many works the page spans, landed or given up."""
        return len(self.identities) + len(self.missing)

    @property
    def first(self) -> int | None:
        """Identity of the first work; None where that place was given up."""
        return None if self.offset in self.missing else self.identities[0]

    @property
    def last(self) -> int | None:
        """Identity of the last work; None where that place was given up."""
        return None if self.offset + self.length - 1 in self.missing else self.identities[-1]

    def holds(self, place: int) -> bool:
        """Whether the work at this place of the subject is landed in this page."""
        return self.offset <= place < self.offset + self.length and place not in self.missing


def plan(goal: int) -> list[int]:
    """Give the offsets of the pages that hold the first ``goal`` works.

    >>> plan(1000), plan(1001), plan(1)
    ([0], [0, 999], [0])
    """
    return list(range(0, max(goal - 1, 1), STEP))


def disagreements(pages: Sequence[LandedPage]) -> list[tuple[LandedPage, LandedPage]]:
    """Give the neighbours whose shared work differs; a place given up agrees with anything."""
    return [
        (a, b) for a, b in pairwise(pages) if None not in (a.last, b.first) and a.last != b.first
    ]


def count_distinct(identities: Iterable[Iterable[int]]) -> int:
    """Count distinct works in flat memory: hashes fall into buckets, counted one by one."""
    buckets = [array("q") for _ in range(64)]
    for one in chain.from_iterable(identities):
        buckets[one & 63].append(one)
    return sum(len(set(bucket)) for bucket in buckets)


def shrinks(count: int, last: int | None) -> bool:
    """Whether a whole subject has far fewer works than its last committed load."""
    return count < SHRINK * (last or 0)


def refuse_if_shrunk(subject: Subject, count: int, last: int | None) -> None:
    """Refuse a whole subject that lost a fifth of its works since its last committed load.

    Raises:
        LoadShrank: it did.
    """
    if shrinks(count, last):
        raise LoadShrank(
            f"subject {subject.slug!r} has {count:,} works, its last committed load {last:,}: "
            "if that is right, load it with --allow-shrink"
        )


class Snapshot:
    """Fetches, lands and verifies one load; afterwards it knows what the commit must say."""

    def __init__(
        self,
        load: Load,
        client: Client,
        zone: RawZone,
        progress: Progress,
        *,
        retries: int,
        max_drift: float,
        last_work_count: int | None,
    ) -> None:
        self.load = load
        self.count = 0
        self.pages: dict[int, LandedPage] = {}
        self.envelope = b"{}"
        self._client = client
        self._zone = zone
        self._progress = progress
        self._retries = retries
        self._max_drift = max_drift
        self._last = last_work_count
        self._counting = threading.Lock()

    # What it found

    @property
    def goal(self) -> int:
        """How many works, from the first, the load is to hold."""
        limit = self.load.requested_limit
        return self.count if limit is None else min(limit, self.count)

    @property
    def is_complete(self) -> bool:
        """Whether the load is to hold the whole subject."""
        return self.goal == self.count

    @property
    def landed(self) -> list[LandedPage]:
        """The pages in the order of the subject."""
        return [self.pages[offset] for offset in sorted(self.pages)]

    @property
    def work_count(self) -> int:
        """Distinct works landed."""
        return count_distinct(page.identities for page in self.pages.values())

    @property
    def missing_places(self) -> list[int]:
        """Places given up that no neighbour holds either."""
        given_up = {place for page in self.pages.values() for place in page.missing}
        return sorted(p for p in given_up if not any(q.holds(p) for q in self.pages.values()))

    @property
    def allowed_drift(self) -> int:
        """How many works may differ from what the source promises."""
        return math.floor(self._max_drift * self.goal)

    # How it goes about it

    def adopt(self, parts: Iterable[LandedPart]) -> None:
        """Take over the parts of an earlier run; of those of one page the newest.

        A page with a place given up is left out, to be fetched anew.
        """
        for landed in parts:
            offset = landed.part.offset
            places = [line.offset + line.position for line in landed.lines]
            known = self.pages.get(offset)
            if places == list(range(offset, offset + len(places))) and (
                known is None or known.fetched_at < landed.fetched_at
            ):
                works = array("q", (line.identity for line in landed.lines))
                self.pages[offset] = LandedPage(offset, landed.part, landed.fetched_at, works)

    def take(self) -> int:
        """Fetch and land until all agrees; give the drift that remains.

        Raises:
            UnknownSubject, LoadShrank, LoadNotVerified: nothing of this may be committed.
            SourceUnavailable, ResponseRejected: pages failed for good; each is a dead letter.
        """
        self._open()
        budget = len(plan(self.goal)) + 10 * (1 + self._retries)  # mends, before it gives up
        while True:
            self._drop_what_no_longer_fits()
            if todo := [o for o in plan(self.goal) if o not in self.pages]:
                self._fetch_all(todo)
                continue
            if self._closing_count_agrees():
                apart = disagreements(self.landed)
                again = {min(pair, key=lambda page: page.fetched_at) for pair in apart}
                if not again or budget <= 0:
                    return self._verify()
                for page in again:
                    self._progress.note("overlap_disagrees", offset=page.offset)
                    del self.pages[page.offset]
                budget -= len(again)
            elif budget <= 0:
                return self._verify()
            else:
                budget -= 1

    def _open(self) -> None:
        """Learn the count, and whether it can be that of a whole subject."""
        page = self._settled_count(0, lambda count: count > 0 and not shrinks(count, self._last))
        self.count, self.envelope = page.count, page.envelope
        refuse_if_shrunk(self.load.subject, self.count, self._last)
        if page.count == 0:
            raise UnknownSubject(
                f"{self._subject} is unknown to Open Library: check the spelling"
                f"{self.load.subject.hint}"
            )
        self._progress.expect(self.goal)
        self._progress.advance(sum(page.length for page in self.pages.values()))

    def _closing_count_agrees(self) -> bool:
        """Ask for the count once more; past the end, which makes it another query."""
        page = self._settled_count(
            self.count, lambda count: count == self.count, self._reject_absurd_count
        )
        self.envelope = page.envelope
        if page.count == self.count:
            return True
        self._recount(page.count)
        return False

    def _settled_count(
        self, offset: int, plausible: Callable[[int], bool], check: Check | None = None
    ) -> Page:
        """Ask for the count until it is plausible, or the same twice in a row."""
        before = None
        later = "wait, then run `python -m extract resume`"
        for _ in range(3 + self._retries):
            try:
                page = self._client.page(self.load.subject, offset, 0, check=check)
            except FetchFailed as error:
                told = f"{self._subject}: {error}; {later}"
                raise type(error)(told, status=error.status) from error
            if plausible(page.count) or page.count == before:
                return page
            before = page.count
        raise ResponseRejected(f"{self._subject} has another count at every request; {later}")

    def _recount(self, count: int) -> None:
        self._progress.note("count_changed", before=self.count, now=count)
        self.count = count
        self._progress.expect(self.goal)

    def _reject_absurd_count(self, page: Page) -> None:
        """A subject does not lose a fifth of its works while it is being paged."""
        if shrinks(page.count, self.count):
            raise ResponseRejected(f"work_count is {page.count:,}, and was {self.count:,} before")

    def _drop_what_no_longer_fits(self) -> None:
        """Forget pages that the subject, as counted now, cannot have."""
        fitting = {offset: min(PAGE, self.goal - offset) for offset in plan(self.goal)}
        self.pages = {o: p for o, p in self.pages.items() if fitting.get(o) == p.length}

    def _fetch_all(self, offsets: list[int]) -> None:
        """Fetch and land pages, several at a time; one that fails does not stop the others.

        Raises:
            FetchFailed: pages failed for good, each of them now a dead letter.
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
                        self._bury(offset, self._limit(offset), error)
                    else:
                        in_a_row = 0
                        self.pages[offset] = page
                        self._progress.advance(page.length)
        finally:
            # what is in flight when all must stop is abandoned: it has landed, or it has not
            pool.shutdown(wait=False, cancel_futures=True)
        if failures:
            raise self._failure(failures)

    def _fetch(self, offset: int) -> LandedPage:
        """Fetch and land one page; runs in a worker."""
        limit = self._limit(offset)
        missing: dict[int, FetchFailed] = {}
        try:
            lines = self._lines(offset, limit)
        except SourceUnavailable as error:
            if error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            self._progress.note("halving_a_page", offset=offset, error=str(error))
            lines, missing = self._salvage(offset, min(limit, self.goal - offset))
        for place, reason in missing.items():
            self._bury(place, 1, reason)
        fetched_at = clock.now()
        part = self._zone.land(self.load, offset, fetched_at, lines)
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
        """Reject a page that cannot be this one."""
        if page.count != self.count:
            with self._counting:
                self._arbitrate(page)
        expected = max(0, min(limit, page.count - offset))
        if len(page.works) != expected:
            raise ResponseRejected(f"{len(page.works):,} works where {expected:,} must be")
        if len(set(page.identities)) != len(page.works):
            raise ResponseRejected("a work comes twice in one page")

    def _arbitrate(self, page: Page) -> None:
        """Where a page tells another count, ask for the count alone: one of them lied."""
        if page.count == self.count:
            return
        self._reject_absurd_count(page)
        said = self._client.page(self.load.subject, self.count, 0).count
        if said != page.count:
            raise ResponseRejected(f"work_count is {page.count:,}, and {said:,} when asked again")
        self._recount(said)

    def _salvage(self, offset: int, limit: int) -> tuple[list[Line], dict[int, FetchFailed]]:
        """Fetch a page that is 500 for good in pieces, without the works that make it so.

        The pieces don't overlap, so they are fetched until they come twice alike: then nothing
        was inserted or deleted between the first piece and the last. Each line is placed as if
        the page had come whole: a place in a load is one line's alone.

        Raises:
            SourceUnavailable: more works than may be missing make it so.
            ResponseRejected: the pieces are others every time.
        """
        before = None
        for _ in range(2 + self._retries):
            missing: dict[int, FetchFailed] = {}
            pieces = self._halve(offset, limit, missing)
            works = [line.identity for line in pieces]
            if works == before:
                return [
                    replace(line, offset=offset, position=line.offset + line.position - offset)
                    for line in pieces
                ], missing
            before = works
        raise ResponseRejected("the page's works are others at every request")

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

    def _bury(self, offset: int, limit: int, error: FetchFailed) -> None:
        self._progress.note("dead_letter", offset=offset, limit=limit, error=str(error))
        self._zone.bury(
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
            f"{self._subject}: {len(offsets)} page(s) failed for good (offset "
            f"{', '.join(map(str, offsets[:5]))}{', …' if offsets[5:] else ''}): {first}; "
            "run `python -m extract resume` to fetch what is missing",
            status=first.status,
        )

    def _verify(self) -> int:
        """Compare what is landed with what was promised; give the drift."""
        refuse_if_shrunk(self.load.subject, self.count, self._last)
        distinct = self.work_count
        disagreeing = len(disagreements(self.landed))
        drift = abs(self.goal - distinct) + disagreeing
        if drift > self.allowed_drift:
            remedy = "run `python -m extract resume`" if self.missing_places else "load it again"
            raise LoadNotVerified(
                f"{self._subject}: {distinct:,} distinct works of {self.goal:,} promised, "
                f"{disagreeing} overlaps disagree, places given up: "
                f"{self.missing_places or 'none'}; allowed: {self.allowed_drift} works "
                f"(--max-drift); {remedy}"
            )
        return drift

    @property
    def _subject(self) -> str:
        return f"subject {self.load.subject.slug!r}"
