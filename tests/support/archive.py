"""A stand-in of the archive that holds the dumps: items, redirects to other hosts, and failures.

    with Archive({"ol_dump_2026-09-30": files}) as archive:
        archive.faults = [Fault(broken(after=1000), "works", times=2)]
        requests.get(f"{archive.url}/download/ol_dump_2026-09-30/ol_dump_works_2026-09-30.txt.gz")

It lists an item at /metadata/ITEM; /download/ITEM/NAME redirects to a second server, which serves
ranges. An item that it does not have is listed as an empty object.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    Kind = Callable[["Exchange"], None]

CHUNK = 1 << 14


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    path: str
    range: str | None
    agent: str
    is_for_bytes: bool  # it came to the second server


@dataclass
class Fault:
    """What goes wrong with requests of a kind: `times` times, or for ever.

    `what` is part of a file's name, or `metadata`, or `download`, which redirects to the bytes.
    """

    kind: Kind
    what: str = ""
    times: int | None = None
    happened: int = 0

    def strikes(self, what: str) -> bool:
        if self.what not in what or self.times == self.happened:
            return False
        self.happened += 1
        return True


@dataclass
class Exchange:
    """A request, and the body to answer it with, if there is one."""

    handler: BaseHTTPRequestHandler
    body: bytes
    serves_ranges: bool = True

    def usual(self, *, stop_after: int | None = None) -> None:
        """Answer; the connection breaks after some bytes if told so."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.handler.headers.get("Range", ""))
        start = int(asked[1]) if asked and self.serves_ranges else 0
        size = len(self.body)
        if start >= size > 0:
            self.refuse(416)
            return
        self.handler.send_response(206 if asked and self.serves_ranges else 200)
        if asked and self.serves_ranges:
            self.handler.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.handler.send_header("Content-Length", str(size - start))
        self.handler.end_headers()
        end = size if stop_after is None else min(size, start + stop_after)
        for at in range(start, end, CHUNK):
            self.handler.wfile.write(self.body[at : min(at + CHUNK, end)])
        if end < size:
            self.handler.close_connection = True

    def refuse(self, status: int, **headers: str) -> None:
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Content-Length", "0")
        self.handler.end_headers()


@dataclass
class Archive:
    """The archive on 127.0.0.1, from `with` to the end of it.

    `items` are files by name; `listed` changes what an item's list says of a file.
    """

    items: dict[str, dict[str, bytes]]
    listed: dict[str, dict[str, str | None]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._servers = [_server(self, is_for_bytes) for is_for_bytes in (False, True)]
        self.url, self.bytes_url = (
            f"http://127.0.0.1:{server.server_address[1]}" for server in self._servers
        )
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def asked(self, part_of_name: str) -> list[Request]:
        """Requests for the bytes of files with this in their name."""
        return [r for r in self.requests if r.is_for_bytes and part_of_name in r.path]

    def answer(self, handler: BaseHTTPRequestHandler, *, is_for_bytes: bool) -> None:
        asked, agent = handler.headers.get("Range"), handler.headers.get("User-Agent", "")
        self.requests.append(Request(handler.path, asked, agent, is_for_bytes))
        _, room, *rest = handler.path.split("/")
        what, exchange = room, Exchange(handler, b"")
        if is_for_bytes:
            what = rest[-1]
            exchange.body = self.items.get(rest[-2], {}).get(what, b"")
        elif room == "metadata":
            exchange = Exchange(handler, self._list(rest[0]), serves_ranges=False)
        fault = next((fault for fault in self.faults if fault.strikes(what)), None)
        if fault:
            fault.kind(exchange)
        elif exchange.body:
            exchange.usual()
        elif is_for_bytes:
            exchange.refuse(404)
        else:
            exchange.refuse(302, Location=f"{self.bytes_url}/17/items/{'/'.join(rest)}")

    def _list(self, item: str) -> bytes:
        if item not in self.items:
            return b"{}"
        files: list[dict[str, Any]] = [{"name": f"{item}_files.xml", "format": "Metadata"}]
        for name, body in self.items[item].items():
            entry = {
                "name": name,
                "source": "original",
                "size": str(len(body)),
                "md5": hashlib.md5(body, usedforsecurity=False).hexdigest(),
                "sha1": hashlib.sha1(body, usedforsecurity=False).hexdigest(),
            } | self.listed.get(name, {})
            files.append({key: value for key, value in entry.items() if value is not None})
        return json.dumps({"created": 1, "dir": f"/17/items/{item}", "files": files}).encode()


def _server(archive: Archive, is_for_bytes: bool) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            archive.answer(self, is_for_bytes=is_for_bytes)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing: a client may hang up."""

    return Server(("127.0.0.1", 0), Handler)


# --- what goes wrong ------------------------------------------------------------------------------


def usual(exchange: Exchange) -> None:
    """Nothing goes wrong."""
    exchange.usual()


def broken(after: int) -> Kind:
    """The connection is closed in the middle of the body."""
    return lambda exchange: exchange.usual(stop_after=after)


def refused(status: int, **headers: str) -> Kind:
    return lambda exchange: exchange.refuse(status, **headers)


def without_ranges(exchange: Exchange) -> None:
    """The whole file, whatever was asked for."""
    exchange.serves_ranges = False
    exchange.usual()


def of_another_size(more: int) -> Kind:
    """The file with bytes more than it should have, or less."""

    def kind(exchange: Exchange) -> None:
        body = exchange.body
        exchange.body = body + b"\0" * more if more > 0 else body[:more]
        exchange.usual()

    return kind


def of_another_range(sent: str | None) -> Kind:
    """A part of the file, with this as its Content-Range."""

    def kind(exchange: Exchange) -> None:
        exchange.handler.send_response(206)
        if sent:
            exchange.handler.send_header("Content-Range", sent)
        exchange.handler.send_header("Content-Length", "3")
        exchange.handler.end_headers()
        exchange.handler.wfile.write(b"abc")

    return kind


def and_then(kind: Kind, then: Callable[[], object]) -> Kind:
    """Something else happens after the answer: the file is replaced, say."""

    def both(exchange: Exchange) -> None:
        kind(exchange)
        then()

    return both


def to(location: str) -> Kind:
    """A redirect to another place."""
    return refused(302, Location=location)
