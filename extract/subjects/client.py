"""The API client: one session, one rate, retries, and every answer checked."""

import random
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception
from tenacity.nap import sleep_using_event
from urllib3.exceptions import HTTPError, MaxRetryError

from extract.errors import (
    FetchFailed,
    Interrupted,
    InvalidInput,
    ResponseRejected,
    SourceUnavailable,
)
from extract.settings import LoadOptions
from extract.subjects.names import Subject
from extract.subjects.pacing import Pacer
from extract.subjects.response import Page, is_about, parse_page
from extract.web import Session, retry_after, root_cause

WORKERS = 8  # requests in flight: 3 per second at up to 2.5 s each
MAX_BODY = 32 * 2**20  # bytes; a page of 1,000 works has 1 to 3 MB
MAX_BACKOFF = 60.0  # seconds
MAX_RETRY_AFTER = 600.0  # seconds; asked to wait longer, the loader gives up
MAX_REDIRECTS = 3
CONNECT_TIMEOUT = 10.0  # seconds
CHUNK = 64 * 1024  # bytes
NOTED_WAIT = 2.0  # seconds; a longer wait before a retry is reported

Check = Callable[[Page], None]


class Client:
    """Fetches pages of subjects; safe to share between threads.

    Args:
        url: where the API is.
        user_agent: name, version and contact.
        pacer: the process's rate limit.
        stop: set when the loader must stop.
        options: retries, backoff and timeout; a whole response may take four times the timeout.
        note: told about long waits.
    """

    def __init__(
        self,
        url: str,
        user_agent: str,
        pacer: Pacer,
        stop: threading.Event,
        options: LoadOptions,
        note: Callable[..., None] = lambda *_, **__: None,
    ) -> None:
        self.url = url
        self.request_count = 0
        self.retry_count = 0
        self._pacer = pacer
        self._stop = stop
        self._options = options
        self._note = note
        self._was_answered = False
        self._lock = threading.Lock()
        self._session = Session()
        self._session.headers["User-Agent"] = user_agent
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=WORKERS)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()

    def address(self, subject: Subject, offset: int, limit: int) -> str:
        """Return the URL of a page; encoding keeps the slug within its path segment."""
        slug = quote(subject.slug, safe=":'()!*")
        return f"{self.url}/subjects/{slug}.json?limit={limit}&offset={offset}&sort=key"

    def page(
        self,
        subject: Subject,
        offset: int,
        limit: int,
        *,
        check: Check | None = None,
        tries: int | None = None,
    ) -> Page:
        """Fetch one page, retrying until the answer is plausible; a limit of 0 asks for the count.

        ``check`` may raise ResponseRejected for an answer that is impossible for this page. Where
        one work may be to blame, ``tries`` requests are enough: retrying does not change the work.

        Raises:
            SourceUnavailable: there was no usable answer, however often it was asked.
            ResponseRejected: there were answers, but none can be right.
            InvalidInput: the API's URL, or a proxy's, is invalid.
            Interrupted: the loader was told to stop.
        """

        def is_enough(state: RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            one_work = isinstance(error, FetchFailed) and error.may_be_one_work
            most = 1 + self._options.retries
            most = min(most, tries) if tries and one_work else most
            return state.attempt_number >= most or self._is_offline(state)

        retrying = Retrying(
            retry=retry_if_exception(_is_transient),
            stop=is_enough,
            wait=self._wait,
            sleep=sleep_using_event(self._stop),
            before_sleep=self._before_retry,
            reraise=True,
        )
        try:
            return retrying(self._fetch, subject, offset, limit, check)
        except FetchFailed as error:
            error.attempts = retrying.statistics["attempt_number"]
            raise

    def _is_offline(self, state: RetryCallState) -> bool:
        """Whether it is no use to go on: nothing was ever reached, at two attempts."""
        error = state.outcome.exception() if state.outcome else None
        unreachable = isinstance(error, FetchFailed) and error.is_unreachable
        return unreachable and not self._was_answered and state.attempt_number > 1

    def _before_retry(self, state: RetryCallState) -> None:
        with self._lock:
            self.retry_count += 1
        wait = state.upcoming_sleep
        if state.outcome and wait >= NOTED_WAIT:
            error = str(state.outcome.exception())
            self._note("retrying", offset=state.args[1], seconds=round(wait), error=error)

    def _wait(self, state: RetryCallState) -> float:
        """Exponential backoff with jitter, or as long as the server asks for, if that is longer."""
        error = state.outcome.exception() if state.outcome else None
        backoff = min(MAX_BACKOFF, self._options.backoff * 2.0 ** (state.attempt_number - 1))
        wait = backoff * random.uniform(0.5, 1)  # noqa: S311 (not a secret)
        if isinstance(error, FetchFailed):
            if error.retry_after:
                wait = max(wait, error.retry_after)
            if error.status == HTTPStatus.TOO_MANY_REQUESTS:
                self._pacer.slow_down(wait)
        return wait

    def _fetch(self, subject: Subject, offset: int, limit: int, check: Check | None) -> Page:
        url = self.address(subject, offset, limit)
        try:
            page = parse_page(self._body(url))
        except requests.exceptions.InvalidURL:
            # the cause quotes the URL, which may hold a proxy's password
            raise InvalidInput(
                "HTTPS_PROXY or OPEN_LIBRARY_URL is not a valid URL: fix it (write # in a password "
                "as %23), then run the command again"
            ) from None
        except (requests.RequestException, HTTPError) as error:
            raise self._no_answer(error) from error
        if not is_about(page, subject):
            raise ResponseRejected(f"the response is about another subject, {page.subject_key!r}")
        if check:
            check(page)
        self._pacer.speed_up()
        return page

    def _no_answer(self, error: Exception) -> SourceUnavailable:
        """Say in plain words why there was no connection, or how it ended."""
        why = root_cause(error)
        if error.args and isinstance(error.args[0], MaxRetryError):
            return SourceUnavailable(
                f"cannot reach {self.url}: {why}; check the network and, if you use one, the proxy",
                is_unreachable=True,
            )
        return SourceUnavailable(f"the connection to {self.url} broke: {why}")

    def _body(self, url: str) -> bytes:
        for _ in range(1 + MAX_REDIRECTS):
            self._pacer.wait()
            if self._stop.is_set():
                raise Interrupted("stopped")
            with self._lock:
                self.request_count += 1
            timeout = (CONNECT_TIMEOUT, self._options.timeout)
            with self._session.get(
                url, stream=True, timeout=timeout, allow_redirects=False
            ) as response:
                self._was_answered = True
                if response.is_redirect:
                    url = self._redirect_target(url, response.headers["Location"])
                    continue
                if response.status_code != HTTPStatus.OK:
                    raise _http_error(response)
                return self._read(response)
        raise ResponseRejected(f"more than {MAX_REDIRECTS} redirects")

    def _read(self, response: requests.Response) -> bytes:
        deadline = time.monotonic() + 4 * self._options.timeout
        chunks: list[bytes] = []  # joined once: a buffer that grows leaves holes in memory
        size = 0
        # reads what has arrived, however little: waiting for a whole chunk could take for ever
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_BODY:
                raise ResponseRejected(
                    f"the body is over {MAX_BODY >> 20} MiB", may_be_one_work=True
                )
            if self._stop.is_set():
                raise Interrupted("stopped")
            if time.monotonic() > deadline:
                raise SourceUnavailable(f"the body took over {4 * self._options.timeout:g} s")
        return b"".join(chunks)

    def _redirect_target(self, url: str, location: str) -> str:
        here = urlsplit(url)
        try:
            there = urlsplit(urljoin(url, location))
        except ValueError as error:
            raise ResponseRejected(f"redirects to an invalid URL: {error}") from error
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise ResponseRejected(f"redirects to another site, {there.scheme}://{there.hostname}")
        return there.geturl()


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, FetchFailed) and (error.retry_after or 0) <= MAX_RETRY_AFTER


def _http_error(response: requests.Response) -> SourceUnavailable:
    return SourceUnavailable(
        f"HTTP {response.status_code} {response.reason}",
        status=response.status_code,
        may_be_one_work=response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR,
        retry_after=retry_after(response.headers.get("Retry-After", "")),
    )
