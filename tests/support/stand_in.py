"""A local stand-in of Open Library's subjects API: its answers, its limits and its failures.

    with StandIn({"love": works}, faults=[Fault(html_503, when=middle, times=2)]) as api:
        requests.get(f"{api.url}/subjects/love.json?limit=1000&sort=key")
        api.requests[0].status

or `python -m tests.support.stand_in --works 10000`. What it does was found by running the real
server.
"""

import json
import re
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import parse_qs, quote, unquote

import click

from tests.support.catalogue import SORTS, Catalogue, MappedWorks, View
from tests.support.faults import (
    HTML,
    PAGES,
    TEXT,
    TOO_MANY,
    Answer,
    Exchange,
    Fault,
    Place,
    Wire,
    subject_body,
    unprocessable_body,
)
from tests.support.synthetic import works

MAX_LIMIT = 1000
MAX_PLACE = 2_147_483_647  # of the index behind it
GZIP_LEVEL = 1  # nginx's default
CHUNK = 1 << 16

_Request = socket.socket | tuple[bytes, socket.socket]  # as the standard library's servers have it


@dataclass(frozen=True)
class Request:
    """A request as it was answered. `status` is 0 where the connection was reset."""

    time: float  # monotonic, when it came
    path: str
    slug: str | None
    limit: int | None
    offset: int | None
    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True)
class RateLimit:
    """Delay what comes faster than this, up to `max_delay` seconds; refuse beyond the burst."""

    per_minute: float = 180
    burst: int = 25
    max_delay: float = 5


@dataclass(frozen=True)
class _Query:
    slug: str
    offset: int
    limit: int
    sort: str


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


@dataclass
class _Bucket:
    """The rate limit's state: how many requests we are ahead of it."""

    limit: RateLimit
    ahead: float = 0
    at: float = field(default_factory=time.monotonic)

    def take(self) -> float | None:
        """Seconds to wait; None if the request is refused."""
        now, per_second = time.monotonic(), self.limit.per_minute / 60
        ahead = max(0.0, self.ahead - (now - self.at) * per_second)
        if ahead > self.limit.burst:
            return None
        self.ahead, self.at = ahead + 1, now
        return min(ahead / per_second, self.limit.max_delay)


class StandIn:
    """The API on 127.0.0.1, from `with` to the end of it.

    Args:
        subjects: works by slug; those of a list may come in any order.
        faults: what goes wrong; the first that strikes decides. The list may change meanwhile.
        prefix: a path before `/subjects`.
        latency: seconds before every answer.
        rate_limit: the server's own, none unless named.
        contact_required: refuse agents without a contact, as the public site was reported to.
        cache_bytes: how many bytes of compressed answers to keep.
        on_request: called with each request after it is answered, one at a time.
    """

    def __init__(
        self,
        subjects: Mapping[str, Sequence[bytes]] | None = None,
        *,
        faults: Iterable[Fault] = (),
        prefix: str = "",
        latency: float = 0,
        rate_limit: RateLimit | None = None,
        contact_required: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        cache_bytes: int = 512 << 20,
        on_request: Callable[[Request], None] | None = None,
    ) -> None:
        self.catalogue = Catalogue(subjects)
        self.faults = list(faults)
        self.prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
        self.latency = latency
        self.contact_required = contact_required
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._on_request = on_request
        self._bucket = _Bucket(rate_limit) if rate_limit else None
        self._asked: Counter[tuple[str, int, int]] = Counter()
        self._pages: Counter[str] = Counter()
        self._kept: dict[tuple[object, ...], bytes] = {}
        self._room = cache_bytes
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def origin(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def url(self) -> str:
        """The value for OPEN_LIBRARY_URL."""
        return self.origin + self.prefix

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; what is stalled or slept on is let go at once."""
        self.closing.set()
        self._server.shutdown()
        self._server.drop_connections()
        self._server.server_close()
        self._thread.join()

    def prepare(self, slug: str, limit: int = MAX_LIMIT) -> None:
        """Compress a subject's overlapping pages beforehand, so that serving them costs little."""
        pages = PAGES if limit == PAGES.limit else type(PAGES)(limit)
        for offset in pages.offsets(self.catalogue.count(slug)):
            self.gzipped(self._usual(_Query(slug, offset, limit, "key")))

    # --- from a request to an answer ---------------------------------------------------------

    def answer(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        """Everything but the wire; the request is logged."""
        came = time.monotonic()
        query = None
        try:
            self._admit(method, headers)
            query = self._route(target, headers)
            answer = self._answer(query, target, headers)
        except _Refused as refused:
            answer = refused.answer
        self.closing.wait(self.latency)
        entry = Request(
            came,
            target,
            query.slug if query else None,
            query.limit if query else None,
            query.offset if query else None,
            0 if answer.wire is Wire.RESET else answer.status,
            dict(headers),
        )
        with self.lock:
            self.requests.append(entry)
            if self._on_request:
                self._on_request(entry)
        return answer

    def _admit(self, method: str, headers: Mapping[str, str]) -> None:
        """What is decided before the address is looked at."""
        if self._bucket:
            with self.lock:
                delay = self._bucket.take()
            if delay is None:
                raise _Refused(Answer(429, TOO_MANY))
            self.closing.wait(delay)
        agent = headers.get("User-Agent", "")
        if self.contact_required and not re.search(r"@|https?://", agent):
            raise _Refused(Answer(403, b"<html><body>403 Forbidden</body></html>", HTML))
        if method != "GET":
            body = b'{"detail":"Method Not Allowed"}'
            raise _Refused(Answer(405, body, headers=(("Allow", "GET"),)))

    def _route(self, target: str, headers: Mapping[str, str]) -> _Query:
        """The address and its parameters, or the 301, 404, 422 or 500 that they deserve."""
        path, _, query = target.partition("?")
        head, tail = f"{self.prefix}/subjects/", ".json"
        if not path.startswith(head) or not path.endswith(tail) or path == head + tail:
            raise _Refused(Answer(404, b'{"detail":"Not Found"}'))
        slug = unquote(path[len(head) : -len(tail)])
        if slug != slug.lower():
            lower = head + quote(slug.lower(), safe=":") + target[len(path) - len(tail) :]
            location = _base_url(headers, self.origin) + lower
            raise _Refused(Answer(301, headers=(("Location", location),)))
        given = {name: values[-1] for name, values in parse_qs(query, True).items()}
        offset = _number("offset", given.get("offset", "0"), MAX_PLACE * 2)
        limit = _number("limit", given.get("limit", "12"), MAX_LIMIT)
        sort = given.get("sort", "editions")
        if sort not in SORTS:
            raise _Refused(Answer(500, b"Internal Server Error", TEXT))
        return _Query(slug, offset, limit, sort)

    def _answer(self, query: _Query, target: str, headers: Mapping[str, str]) -> Answer:
        same = (query.slug, query.offset, query.limit)
        with self.lock:
            self._asked[same] += 1
            place = Place(
                *same,
                nth=self._asked[same],
                pages_served=self._pages[query.slug],
                count=self.catalogue.count(query.slug),
                works=lambda: self._view(query).works,
            )
            self._pages[query.slug] += query.limit > 0
            faults = tuple(self.faults)
        exchange = Exchange(
            place,
            target,
            _base_url(headers, self.origin),
            self.catalogue,
            lambda: self._usual(query),
        )
        for fault in faults:
            if answer := fault.strike(exchange):
                return answer
        return self._usual(query)

    def _usual(self, query: _Query) -> Answer:
        if query.offset + query.limit > MAX_PLACE:
            return Answer(200, subject_body(query.slug, None, ()))
        view = self._view(query)
        body = subject_body(query.slug, view.count, view.works)
        return Answer(200, body, memo=(query, view.version))

    def _view(self, query: _Query) -> View:
        return self.catalogue.view(query.slug, query.offset, query.limit, query.sort)

    # --- from an answer to bytes -------------------------------------------------------------

    def gzipped(self, answer: Answer) -> bytes:
        """The body, compressed; kept for the next time where the answer has a name."""
        if answer.memo is None:
            return _gzip(answer.pieces())
        with self.lock:
            kept = self._kept.get(answer.memo)
        if kept is None:
            kept = _gzip(answer.pieces())
            with self.lock:
                if answer.memo not in self._kept:
                    self._kept[answer.memo] = kept
                    self._room -= len(kept)
                while self._room < 0:
                    self._room += len(self._kept.pop(next(iter(self._kept))))
        return kept


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # joined when it closes
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer's own asks the resolver for the host's full name, which may take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def process_request(self, request: _Request, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with self.stand_in.lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Request) -> None:
        assert isinstance(request, socket.socket)
        with self.stand_in.lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        with self.stand_in.lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: _Request, client_address: object) -> None:
        """A client that goes away is its own affair; the rest is shown as usual."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        stand_in = self.server.stand_in
        answer = stand_in.answer(self.command, self.path, dict(self.headers.items()))
        if answer.wire is Wire.RESET:
            self._reset()
            return
        head, body = self._encode(answer)
        if answer.wire in (Wire.WHOLE, Wire.GZIP_CUT):
            self._send(head, body)
            return
        whole = b"".join(body)
        self._send(head, [whole[: len(whole) // 2]])
        if answer.wire is Wire.STALLED:
            stand_in.closing.wait()
        elif answer.wire is Wire.RESET_MIDWAY:
            self._reset()
        self.close_connection = True

    def _send(self, head: bytes, body: Iterable[bytes]) -> None:
        pieces = iter(body)
        self.connection.sendall(head + next(pieces, b""))
        for piece in pieces:
            self.connection.sendall(piece)

    def do_HEAD(self) -> None:
        self.close_connection = True  # a body, if one was sent, is not read
        self.do_GET()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD  # noqa: N815

    def _encode(self, answer: Answer) -> tuple[bytes, Iterable[bytes]]:
        """Status line with headers, and the body as it goes over the wire."""
        reason = self.responses.get(answer.status, ("",))[0]
        lines = [
            f"HTTP/1.1 {answer.status} {reason}",
            "Server: nginx",
            f"Date: {self.date_time_string()}",
            f"Content-Type: {answer.content_type}",
            *(f"{name}: {value}" for name, value in answer.headers),
        ]
        if answer.status == 200 and "gzip" in self.headers.get("Accept-Encoding", ""):
            lines += ["Content-Encoding: gzip", "Transfer-Encoding: chunked"]
            packed = self.server.stand_in.gzipped(answer)
            cut = len(packed) // (2 if answer.wire is Wire.GZIP_CUT else 1)
            body: Iterable[bytes] = [_chunked(packed[:cut])]
        else:
            lines.append(f"Content-Length: {len(answer.body) + answer.padding}")
            body = answer.pieces()
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head, () if self.command == "HEAD" else body

    def _reset(self) -> None:
        """Close with a RST instead of a FIN."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        # What is left to be read makes the kernel send it at once; the base class would send FIN.
        self.rfile.close()
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """The stand-in keeps its own log."""


def _number(name: str, text: str, most: int) -> int:
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII) or not 0 <= int(text) <= most:
        raise _Refused(Answer(422, unprocessable_body(name, text)))
    return int(text)


def _base_url(headers: Mapping[str, str], origin: str) -> str:
    return f"http://{headers['Host']}" if "Host" in headers else origin


def _gzip(pieces: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


def _chunked(body: bytes) -> bytes:
    parts = []
    for at in range(0, len(body), CHUNK):
        chunk = body[at : at + CHUNK]
        parts += [b"%x\r\n" % len(chunk), chunk, b"\r\n"]
    return b"".join([*parts, b"0\r\n\r\n"])


# --- command line ---------------------------------------------------------------------------------


@click.command()
@click.option("--subject", default="love", show_default=True, help="Its slug.")
@click.option("--works", "count", default=10_000, show_default=True, help="How many it has.")
@click.option("--seed", default=1, show_default=True, help="Of the synthetic works.")
@click.option("--port", default=0, show_default=True, help="0: any that is free.")
@click.option("--prefix", default="", help="A path before /subjects.")
@click.option("--latency", default=0.0, show_default=True, help="Seconds before every answer.")
@click.option("--rate-limit", default=0.0, help="Requests a minute before it answers 429.")
@click.option("--log", type=click.File("w"), help="Write a JSON line for each request here.")
def main(  # noqa: PLR0917 - a command's options
    subject: str,
    count: int,
    seed: int,
    port: int,
    prefix: str,
    latency: float,
    rate_limit: float,
    log: IO[str] | None,
) -> None:
    """Serve synthetic works as Open Library's subjects API would, until interrupted.

    Once it is ready, it prints its URL as the first line: the value for OPEN_LIBRARY_URL.
    """
    # Whoever started it ends it with SIGTERM, and it must leave nothing behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        mapped = MappedWorks.write(Path(folder, "works.jsonl"), works(count, seed))
        limit = RateLimit(rate_limit) if rate_limit else None

        def write(request: Request) -> None:
            click.echo(json.dumps(asdict(request)), file=log)

        stand_in = StandIn(
            {subject: mapped},
            prefix=prefix,
            latency=latency,
            rate_limit=limit,
            port=port,
            on_request=write if log else None,
        )
        stand_in.prepare(subject)
        with suppress(KeyboardInterrupt), stand_in as api:
            click.echo(api.url)
            threading.Event().wait()
        mapped.close()


if __name__ == "__main__":
    main()
