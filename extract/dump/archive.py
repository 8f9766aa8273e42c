"""Fetches a dump's files from the archive's item, over one connection, and goes on after any break.

The item lists the size and SHA-1 of each file. A file that is not whole lies beside the others
under a hidden name that holds the SHA-1, so that a later run goes on with it unless the list names
another. What is fetched counts when it is what the list still says at the end: an item is made
file by file, and sometimes again.
"""

import hashlib
import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
from urllib3.exceptions import HTTPError

from extract.dump.disk import Need
from extract.dump.dumps import Dump, DumpFile
from extract.dump.supply import Offer
from extract.errors import (
    FetchFailed,
    InvalidInput,
    NotPublished,
    ResponseRejected,
    SourceUnavailable,
)
from extract.reporting import Reporter
from extract.settings import LOOPBACK
from extract.storage.base import RECEIVED_FILES, Source
from extract.storage.local import LocalStore
from extract.web import Session, retry_after, root_cause

ROUNDS = 2  # of fetching, where the item changes meanwhile
CHUNK = 2**18  # bytes
MAX_LIST = 32 * 2**20  # bytes of an item's list
MAX_REDIRECTS = 5
CONNECT_TIMEOUT = 10.0  # seconds
TIMEOUT = 60.0  # seconds without a byte after which an answer counts as stalled
RETRIES = 12  # in a row without a byte: some six minutes, as a run may have hours behind it
FIRST_RETRIES = 4  # of the first list, which has nothing behind it: some seconds
BACKOFF = 0.5  # seconds before the first; doubled each time
MAX_BACKOFF = 60.0  # seconds
MAX_RETRY_AFTER = 3600.0  # seconds; asked to wait longer, the loader gives up
BUSY = frozenset({429, 500, 502, 503, 504})

_SHA1 = re.compile(r"[0-9a-f]{40}")
_RANGE = re.compile(r"bytes (?P<start>\d+)-\d+/(?P<size>\d+)")


class _Listed(msgspec.Struct, frozen=True):
    """A file as an item lists it; while the item is made, some fields are missing."""

    name: str
    size: int = 0
    sha1: str = ""


class _Item(msgspec.Struct):
    files: list[_Listed] = []


class _Changed(Exception):
    """A file is not, or is no longer, what the item's list says."""


class Archive:
    """Fetches the files of a dump into a folder of their own.

    Args:
        url: where the archive is.
        user_agent: name, version and contact.
        root: the folder that holds a folder for each dump.
    """

    def __init__(self, url: str, user_agent: str, root: Path) -> None:
        self._url = url
        self._root = root
        self._session = Session()
        self._session.headers["User-Agent"] = user_agent
        self._session.headers["Accept-Encoding"] = "identity"  # the files are compressed

    def url(self, dump: Dump) -> str:
        """Return the item's page."""
        return f"{self._url}/details/{dump.item}"

    def offers(self, dump: Dump, files: Sequence[DumpFile], reporter: Reporter) -> list[Offer]:
        """Read the item's list.

        Raises:
            NotPublished: there is no such item, or it lacks a file.
            SourceUnavailable, ResponseRejected: there was no list, or it cannot be right.
        """
        return self._offers(dump, files, reporter, FIRST_RETRIES)

    def _offers(
        self, dump: Dump, files: Sequence[DumpFile], reporter: Reporter, retries: int
    ) -> list[Offer]:
        listed = self._list(dump, reporter, retries)
        names = {file: dump.name(file) for file in files}
        if missing := [name for name in names.values() if name not in listed]:
            raise NotPublished(
                f"{self.url(dump)} lacks {', '.join(missing)}: Open Library takes some days to "
                "publish a dump, so run the command again later; or take another date"
            )
        return [_offer(file, listed[name]) for file, name in names.items()]

    def needs(self, dump: Dump, offers: Sequence[Offer]) -> list[Need]:
        """Return how much of the disk the files will take that are not there."""
        folder = self._folder(dump)
        with _writing(folder):
            return [Need(folder, self._missing(dump, offers), "DUMPS_ROOT")]

    def bring(
        self, dump: Dump, offers: Sequence[Offer], reporter: Reporter
    ) -> tuple[Source, list[Offer]]:
        """Fetch what is missing.

        Raises:
            SourceUnavailable, ResponseRejected, NotPublished: it cannot be had.
            InvalidInput: the folder cannot be written.
        """
        files = [offer.file for offer in offers]
        folder = self._folder(dump)
        with _writing(folder):
            reporter.stage("fetching", self._missing(dump, offers))
            folder.mkdir(parents=True, exist_ok=True)
            for _ in range(ROUNDS):
                change = self._fetch_all(dump, offers, reporter)
                again = self._offers(dump, files, reporter, RETRIES)
                if not change and _versions(again) == _versions(offers):
                    return LocalStore(folder, RECEIVED_FILES), again
                change = change or "another list"
                reporter.note("item_changed", what=change)
                offers = again
        raise ResponseRejected(
            f"{self.url(dump)} changes while it is fetched ({change}): run the command again later"
        )

    def discard(self, dump: Dump, offers: Sequence[Offer]) -> None:
        """Remove the files that were fetched, and what was fetched of their other versions."""
        folder = self._folder(dump)
        with _writing(folder):
            for offer in offers:
                for path in (folder / offer.name, *self._partials(dump, offer)):
                    path.unlink(missing_ok=True)
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()

    def _folder(self, dump: Dump) -> Path:
        return self._root / dump.item

    def _partial(self, dump: Dump, offer: Offer) -> Path:
        """Return where a file is until it is whole."""
        return self._folder(dump) / f".{offer.name}.{offer.sha1()[:12]}.partial"

    def _partials(self, dump: Dump, offer: Offer) -> list[Path]:
        """Find what is there of a file in any version."""
        return [*self._folder(dump).glob(f".{offer.name}.*.partial")]

    def _missing(self, dump: Dump, offers: Sequence[Offer]) -> int:
        """Return how many bytes are to be fetched, unless what is there turns out wrong."""
        return sum(
            0
            if _size(self._folder(dump) / offer.name) == offer.size
            else max(0, offer.size - _size(self._partial(dump, offer)))
            for offer in offers
        )

    def _list(self, dump: Dump, reporter: Reporter, retries: int) -> dict[str, _Listed]:
        """Read the item's list: by name, the files whose size and SHA-1 it gives."""
        url = f"{self._url}/metadata/{dump.item}"
        failures = 0
        while True:
            try:
                with self._get(url, {}) as response:
                    body = response.raw.read(MAX_LIST, decode_content=True)
                    break
            except (requests.RequestException, HTTPError, SourceUnavailable) as error:
                failures += 1
                wait = self._next_wait(error, failures, url, retries)
                what = {"file": "the item's list", "seconds": round(wait, 1)}
                reporter.note("going_on", **what, error=_words(error))
                time.sleep(wait)
        try:
            item = msgspec.json.decode(body, type=_Item, strict=False)
        except msgspec.MsgspecError as error:
            raise ResponseRejected(f"{url} is not an item's list: {error}") from error
        return {file.name: file for file in item.files if file.size and _SHA1.fullmatch(file.sha1)}

    def _fetch_all(self, dump: Dump, offers: Sequence[Offer], reporter: Reporter) -> str | None:
        """Fetch the files; return what is not as the list says, if anything."""
        for offer in offers:
            try:
                self._fetch(dump, offer, reporter)
            except _Changed as changed:
                return str(changed)
        return None

    def _fetch(self, dump: Dump, offer: Offer, reporter: Reporter) -> None:
        """Fetch a file, or what is missing of it, and check it."""
        path, partial = self._folder(dump) / offer.name, self._partial(dump, offer)
        for other in {*self._partials(dump, offer)} - {partial}:
            other.unlink(missing_ok=True)
        if _size(path) == offer.size and _sha1(path) == offer.sha1():
            return
        path.unlink(missing_ok=True)
        url = f"{self._url}/download/{dump.item}/{offer.name}"
        failures = 0
        while (before := _size(partial)) < offer.size:
            try:
                self._receive(url, partial, offer, reporter)
                error: Exception = SourceUnavailable(f"{url} ended early")
            except (requests.RequestException, HTTPError, SourceUnavailable) as failure:
                error = failure
            except _Changed:
                partial.unlink(missing_ok=True)
                raise
            if (after := _size(partial)) < offer.size:
                failures = 1 if after > before else failures + 1
                wait = self._next_wait(error, failures, url)
                what = {"file": offer.name, "at": after, "seconds": round(wait)}
                reporter.note("going_on", **what, error=_words(error))
                time.sleep(wait)
        if (found := _sha1(partial)) != offer.sha1():
            partial.unlink()
            raise _Changed(f"{offer.name} has the SHA-1 {found} instead of {offer.sha1()}")
        partial.rename(path)

    def _receive(self, url: str, partial: Path, offer: Offer, reporter: Reporter) -> None:
        """Append what is missing of a file, as far as it comes.

        It is not asked for in the version that the rest is of: the archive has copies, which it may
        tell apart. The SHA-1 shows at the end whether they differ.
        """
        at = _size(partial)
        headers = {"Range": f"bytes={at}-"} if at else {}
        with self._get(url, headers) as response:
            whole = response.status_code == HTTPStatus.OK
            if at and whole:
                at = 0
            if (promised := _promised(response, at)) not in (None, offer.size):
                raise _Changed(f"{offer.name} has {promised:,} bytes instead of {offer.size:,}")
            with partial.open("wb" if whole else "ab") as file:
                # reads what has arrived, however little: a break loses nothing
                while chunk := response.raw.read1(CHUNK):
                    at += len(chunk)
                    if at > offer.size:
                        raise _Changed(f"{offer.name} has over {offer.size:,} bytes")
                    file.write(chunk)
                    reporter.advance(len(chunk))

    def _get(self, url: str, headers: dict[str, str]) -> requests.Response:
        """Send a request, and follow redirects: the archive's files are on many hosts."""
        for _ in range(1 + MAX_REDIRECTS):
            try:
                response = self._session.get(
                    url,
                    headers=headers,
                    stream=True,
                    timeout=(CONNECT_TIMEOUT, TIMEOUT),
                    allow_redirects=False,
                )
            except requests.exceptions.InvalidURL:  # its text may hold a proxy's password
                raise InvalidInput(
                    "HTTPS_PROXY or OPEN_LIBRARY_DUMPS_URL is not a valid URL: fix it (write # in "
                    "a password as %23), then run the command again"
                ) from None
            if response.is_redirect:
                url = _redirect_target(url, response.headers["Location"])
                response.close()
            elif response.status_code in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
                return response
            else:
                with response:
                    raise _failure(url, response)
        raise ResponseRejected(f"{url}: more than {MAX_REDIRECTS} redirects")

    def _next_wait(
        self, error: Exception, failures: int, url: str, retries: int = RETRIES
    ) -> float:
        """Return the seconds to wait before the next attempt, as many as the server asks for.

        Raises:
            SourceUnavailable: there were enough attempts, or it is no use to try again.
        """
        asked = (error.retry_after or 0) if isinstance(error, FetchFailed) else 0
        refused = isinstance(error, FetchFailed) and error.status not in {None, *BUSY}
        if refused or failures > retries or asked > MAX_RETRY_AFTER:
            raise SourceUnavailable(
                f"{url}: {_words(error)}: run the command again later; what was fetched is kept"
            ) from error
        backoff = min(MAX_BACKOFF, BACKOFF * 2.0 ** (failures - 1))
        return max(asked, backoff * random.uniform(0.5, 1))  # noqa: S311 (not a secret)


def _offer(file: DumpFile, listed: _Listed) -> Offer:
    return Offer(file, listed.name, listed.size, lambda: listed.sha1, is_listed=True)


def _versions(offers: Sequence[Offer]) -> list[tuple[str, int, str]]:
    return [(offer.name, offer.size, offer.sha1()) for offer in offers]


def _size(path: Path) -> int:
    """Return how much of a file is there."""
    return path.stat().st_size if path.exists() else 0


def _sha1(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest()


def _promised(response: requests.Response, at: int) -> int | None:
    """Return the size that a response promises the whole file to have.

    Raises:
        SourceUnavailable: it is another range than was asked for.
    """
    if response.status_code == HTTPStatus.OK:
        length = response.headers.get("Content-Length", "")
        return int(length) if length.isdecimal() else None
    sent = response.headers.get("Content-Range", "")
    where = _RANGE.fullmatch(sent)
    if where is None or int(where["start"]) != at:
        raise SourceUnavailable(f"asked for the range from {at}, the archive sent {sent!r}")
    return int(where["size"])


def _redirect_target(url: str, location: str) -> str:
    """Return where a redirect leads: to any host, but not from https to http."""
    try:
        there = urlsplit(urljoin(url, location))
        host = there.hostname
    except ValueError as error:
        raise ResponseRejected(f"{url} redirects to an invalid URL: {error}") from error
    to_loopback = there.scheme == "http" and host in LOOPBACK and url.startswith("http:")
    if there.scheme != "https" and not to_loopback:
        raise ResponseRejected(f"{url} redirects to {there.scheme}://{host}: only https will do")
    return there.geturl()


def _failure(url: str, response: requests.Response) -> Exception:
    status = response.status_code
    if status == HTTPStatus.NOT_FOUND:
        return NotPublished(
            f"{url}: HTTP 404: the archive does not have it yet, so run the command again later; "
            "or take another date"
        )
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return _Changed(f"{url.rpartition('/')[2]} is shorter than the item's list says")
    wait = retry_after(response.headers.get("Retry-After", ""))
    return SourceUnavailable(f"HTTP {status} {response.reason}", status=status, retry_after=wait)


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, SourceUnavailable) else root_cause(error)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say in one line what is wrong with the folder; requests' errors are OSErrors, too."""
    try:
        yield
    except requests.RequestException:
        raise
    except OSError as error:
        raise InvalidInput(
            f"cannot write {str(folder)!r}: {error.strerror or error}: "
            "make room, fix the path or change DUMPS_ROOT, then run the command again"
        ) from error
