"""A page of a subject, or what is left of it without the works that make it fail."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from extract.errors import FetchFailed, ResponseRejected
from extract.reporting import Reporter
from extract.settings import LoadOptions
from extract.subjects.client import Client
from extract.subjects.counting import Count
from extract.subjects.landing import Line, SubjectLoad, page_lines
from extract.subjects.overlaps import PAGE
from extract.subjects.response import Page

MAX_GIVEN_UP = 20  # works of one page; if more fail, they are not what is wrong with it


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines of a page, and the offsets given up, each with the reason if it is a new one.

    With offsets given up, the lines were read in pieces, so not at one instant.
    """

    lines: list[Line]
    missing: dict[int, FetchFailed | None] = field(default_factory=dict)


class PageReader:
    """Reads the pages of one load; safe to share between threads."""

    def __init__(
        self,
        load: SubjectLoad,
        client: Client,
        count: Count,
        reporter: Reporter,
        options: LoadOptions,
    ) -> None:
        self._load = load
        self._client = client
        self._count = count
        self._reporter = reporter
        self._options = options
        self._repeating: dict[int, list[int]] = {}

    @property
    def allowed_drift(self) -> int:
        """By how many works the load may differ from the subject's count; 0 only if told so."""
        share = self._options.max_drift
        return max(1, math.floor(share * self._count.goal)) if share else 0

    def limit(self, offset: int) -> int:
        """How many works to request at an offset."""
        partial = self._load.requested_limit
        return PAGE if partial is None else min(PAGE, partial - offset)

    def read(self, offset: int, missing: Iterable[int] = ()) -> Reading:
        """Read the page at an offset; ``missing`` are offsets that were given up before.

        Raises:
            FetchFailed: the page fails for good, and not because of a few works.
        """
        limit = self.limit(offset)
        try:
            if missing:
                return self._around(offset, limit, list(missing))
            return Reading(self._lines(offset, limit, tries=2))
        except FetchFailed as error:
            if not error.may_be_one_work:
                raise
            self._count.ask()  # in an outage this fails, too
            self._reporter.note("halving_a_page", offset=offset, error=str(error))
            return self._without_failing_works(offset, limit, error)

    def _around(self, offset: int, limit: int, missing: list[int]) -> Reading:
        end = min(offset + limit, self._count.goal)
        starts, ends = [offset, *(one + 1 for one in missing)], [*missing, end]
        lines: list[Line] = []
        for start, stop in zip(starts, ends, strict=True):
            if start < stop:
                lines += self._lines(start, stop - start, tries=2)
        return Reading(list(_in_place(lines, offset)), dict.fromkeys(missing))

    def _without_failing_works(self, offset: int, limit: int, error: FetchFailed) -> Reading:
        """Read a page in pieces, and find each work that makes it fail by halving.

        Each line keeps the offset it would have in the whole page, so that no two lines of a load
        share one.
        """
        lines: list[Line] = []
        missing: dict[int, FetchFailed | None] = {}
        start, end = offset, min(offset + limit, self._count.goal)
        while start < end:
            if (rest := self._attempt(start, end)) is not None:
                lines += rest
                break
            low, high = start, end  # the first failing work is in between
            while high - low > 1:
                middle = (low + high) // 2
                if (piece := self._attempt(low, middle)) is None:
                    high = middle
                else:
                    lines += piece
                    low = middle
            try:
                lines += self._lines(low, 1, tries=2)
            except FetchFailed as reason:
                too_many = len(missing) >= min(max(1, self.allowed_drift), MAX_GIVEN_UP)
                if too_many or not reason.may_be_one_work:
                    raise error from reason
                self._count.ask()
                missing[low] = reason
            start = low + 1
        if not missing:
            return Reading(self._lines(offset, limit))
        return Reading(list(_in_place(lines, offset)), missing)

    def _attempt(self, start: int, end: int) -> list[Line] | None:
        """Read a piece of a page; None if it has a work that makes it fail."""
        try:
            return self._lines(start, end - start, tries=1)
        except FetchFailed as error:
            if not error.may_be_one_work:
                raise
            return None

    def _lines(self, offset: int, limit: int, tries: int | None = None) -> list[Line]:
        page = self._client.page(
            self._load.subject,
            offset,
            limit,
            check=lambda page: self._check(page, offset, limit),
            tries=tries,
        )
        return page_lines(page, offset)

    def _check(self, page: Page, offset: int, limit: int) -> None:
        """Reject a page that cannot be the one at this offset.

        A page that repeats a work is rejected once: if the next one is the same, the API has it so.
        """
        self._count.check(page)
        expected = max(0, min(limit, page.count - offset))
        if len(page.works) != expected:
            raise ResponseRejected(f"{len(page.works):,} works instead of {expected:,}")
        repeats = len(set(page.identities)) != len(page.works)
        if repeats and self._repeating.get(offset) != page.identities:
            self._repeating[offset] = page.identities
            raise ResponseRejected("the page contains a work twice")


def _in_place(lines: Iterable[Line], offset: int) -> Iterator[Line]:
    """Number lines of several pieces from the page's offset."""
    for line in lines:
        yield replace(line, offset=offset, position=line.offset + line.position - offset)
