"""moto's S3 on 127.0.0.1, with faults injected between it and its clients.

    s3.faults = [Fault(slow_down, puts("loads/"), times=2)]

A fault's kind is a function of the call. Its return value is the response; moto does not see the
call unless the kind passes it on with `call.usual()`.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    Environ = dict[str, Any]
    StartResponse = Callable[..., Any]
    Kind = Callable[["Call"], Iterable[bytes]]


@dataclass(frozen=True)
class Call:
    """A request to S3, and the way to let moto answer it."""

    method: str
    path: str  # /bucket/key
    query: str
    environ: Environ
    start: StartResponse
    moto: Callable[[Environ, StartResponse], Iterable[bytes]]

    def usual(self) -> Iterable[bytes]:
        return self.moto(self.environ, self.start)

    def hang_up(self) -> None:
        """Close the connection; what is still written goes nowhere."""
        self.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


@dataclass
class Fault:
    """Something that goes wrong `when` the predicate holds: `times` times, or for ever."""

    kind: Kind
    when: Callable[[Call], bool] = lambda _: True
    times: int | None = None
    happened: int = field(default=0, init=False)

    def strikes(self, call: Call) -> bool:
        if (self.times is not None and self.happened >= self.times) or not self.when(call):
            return False
        self.happened += 1
        return True


class FaultyS3:
    """The server; `calls` are those since the test began."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self._lock = Lock()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._app, True, request_handler=_Quiet)
        self._thread = Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def clear(self) -> None:
        self.faults.clear()
        self.calls.clear()

    def _app(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        call = Call(
            environ["REQUEST_METHOD"],
            unquote(environ["PATH_INFO"]),
            environ.get("QUERY_STRING", ""),
            environ,
            start,
            self._moto,
        )
        with self._lock:
            self.calls.append(call)
            fault = next((fault for fault in self.faults if fault.strikes(call)), None)
        return fault.kind(call) if fault else call.usual()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        """Say nothing."""


# --- when -----------------------------------------------------------------------------------------


def puts(part_of_key: str = "") -> Callable[[Call], bool]:
    return lambda call: call.method == "PUT" and part_of_key in call.path


def gets(part_of_key: str = "") -> Callable[[Call], bool]:
    return lambda call: call.method == "GET" and part_of_key in call.path


def lists(call: Call) -> bool:
    return call.method == "GET" and "list-type=2" in call.query


# --- what -----------------------------------------------------------------------------------------


def refused(status: str, code: str, message: str, *extra: tuple[str, str]) -> Kind:
    """An error as S3 writes it."""

    def kind(call: Call) -> Iterable[bytes]:
        length = int(call.environ.get("CONTENT_LENGTH") or 0)
        call.environ["wsgi.input"].read(length)
        detail = "".join(f"<{name}>{value}</{name}>" for name, value in extra)
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>{message}</Message>{detail}"
            "<RequestId>4442587FB7D0A2F9</RequestId><HostId>x</HostId></Error>"
        ).encode()
        headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
        call.start(status, headers)
        return [body]

    return kind


internal_error = refused(
    "500 Internal Server Error",
    "InternalError",
    "We encountered an internal error. Please try again.",
)
slow_down = refused("503 Slow Down", "SlowDown", "Please reduce your request rate.")
access_denied = refused(
    "403 Forbidden",
    "AccessDenied",
    "User: arn:aws:sts::123456789012:assumed-role/loader/one is not authorized to perform: "
    "s3:PutObject on resource: &quot;arn:aws:s3:::library/x&quot; because no identity-based "
    "policy allows the s3:PutObject action",
)
expired_token = refused(
    "400 Bad Request",
    "ExpiredToken",
    "The provided token has expired.",
    ("Token-0", "hush"),
)
elsewhere = refused(
    "301 Moved Permanently",
    "PermanentRedirect",
    "The bucket you are attempting to access must be addressed using the specified endpoint. "
    "Please send all future requests to this endpoint.",
    ("Endpoint", "library.s3-eu-west-1.amazonaws.com"),
    ("Bucket", "library"),
)
no_bucket = refused("404 Not Found", "NoSuchBucket", "The specified bucket does not exist")


def hung_up(call: Call) -> Iterable[bytes]:
    """It is not done, and there is no answer."""
    call.hang_up()
    call.start("500 Unheard", [])
    return []


LATE = 0.1  # seconds


def late(call: Call) -> Iterable[bytes]:
    time.sleep(LATE)
    return call.usual()


def lost(call: Call) -> Iterable[bytes]:
    """It is done, and who asked never hears so."""
    done = call.usual()
    call.hang_up()
    return done


def cut(call: Call) -> Iterable[bytes]:
    """Half of an object, then the connection is closed."""
    body = b"".join(call.usual())
    yield body[: len(body) // 2]
    call.hang_up()


# --- what is there --------------------------------------------------------------------------------


def download(aws: S3Client, bucket: str, prefix: str, root: Path) -> None:
    """Copy what lies below a prefix to a folder."""
    pages = aws.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", ()):
            path = root / item["Key"].removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(aws.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
