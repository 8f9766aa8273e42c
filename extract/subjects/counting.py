"""How many works a subject has, according to an API whose counts are sometimes wrong."""

import threading
import time
from collections.abc import Callable

from extract.errors import RESUME, FetchFailed, ResponseRejected, UnknownSubject
from extract.loads import refuse_if_shrunk, shrinks
from extract.reporting import Reporter
from extract.settings import LoadOptions
from extract.subjects.client import Check, Client
from extract.subjects.landing import SubjectLoad
from extract.subjects.response import Page


class Count:
    """The count of a load's subject, as far as it can be believed; safe to share between threads.

    ``changed_at`` is when another count was last believed, on the monotonic clock; ``envelope`` is
    the response that the count was last read from.
    """

    def __init__(
        self,
        load: SubjectLoad,
        client: Client,
        reporter: Reporter,
        options: LoadOptions,
        last: int | None,
    ) -> None:
        self.value = 0
        self.changed_at = 0.0
        self.envelope = b"{}"
        self._load = load
        self._client = client
        self._reporter = reporter
        self._options = options
        self._last = last
        self._lock = threading.Lock()
        self._name = f"subject {load.subject.slug!r}"

    @property
    def goal(self) -> int:
        """How many works, from the first, the load should contain."""
        limit = self._load.requested_limit
        return self.value if limit is None else min(limit, self.value)

    def open(self) -> None:
        """Read the count, and check that it can be that of the whole subject.

        Raises:
            UnknownSubject, LoadShrank: it cannot.
        """
        page = self._settled(0, lambda count: count > 0 and not shrinks(count, self._last))
        self.value, self.envelope = page.count, page.envelope
        self.refuse_if_shrunk()
        if page.count == 0:
            raise UnknownSubject(
                f"Open Library does not know {self._name}: check the spelling"
                f"{self._load.subject.hint}"
            )
        self._reporter.expect(self.goal)

    def closes(self) -> bool:
        """Read the count once more, past the end, which makes it a different query."""
        page = self._settled(
            self.value, lambda count: count == self.value, self._reject_absurd_count
        )
        self.envelope = page.envelope
        if page.count == self.value:
            return True
        self._change(page.count)
        return False

    def ask(self) -> int:
        """Ask for the count alone.

        Raises:
            FetchFailed: there is no answer to this either, so no work is to blame.
        """
        return self._client.page(self._load.subject, self.value, 0).count

    def check(self, page: Page) -> None:
        """If a page reports a different count, ask for the count alone to learn which is right.

        Raises:
            ResponseRejected: the page's is wrong.
        """
        if page.count != self.value:
            with self._lock:
                self._arbitrate(page)

    def refuse_if_shrunk(self) -> None:
        """Refuse a subject that lost over a fifth of its works since its last committed load.

        Raises:
            LoadShrank: it did.
        """
        refuse_if_shrunk(self._name, "works", self.value, self._last)

    def _settled(
        self, offset: int, is_plausible: Callable[[int], bool], check: Check | None = None
    ) -> Page:
        """Read the count until it is plausible, or the same twice in a row."""
        before = None
        remedy = f"; wait, then {RESUME}"
        for _ in range(3 + self._options.retries):
            try:
                page = self._client.page(self._load.subject, offset, 0, check=check)
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

    def _arbitrate(self, page: Page) -> None:
        if page.count == self.value:
            return
        self._reject_absurd_count(page)
        count = self.ask()
        if count != page.count:
            raise ResponseRejected(f"work_count is {page.count:,}, but {count:,} when asked again")
        self._change(count)

    def _reject_absurd_count(self, page: Page) -> None:
        """A subject does not lose a fifth of its works while its pages are fetched."""
        if shrinks(page.count, self.value):
            raise ResponseRejected(f"work_count is {page.count:,} but was {self.value:,} before")

    def _change(self, count: int) -> None:
        self._reporter.note("count_changed", before=self.value, now=count)
        self.value = count
        self.changed_at = time.monotonic()
        self._reporter.expect(self.goal)
