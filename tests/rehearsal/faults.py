"""Faults: what AWS answers when it does not do what it was asked.

::

    cloud.faults.throttle(3)                     the next three StartQueryExecution
    cloud.faults.s3(503, times=5, key="*/works*")
    cloud.faults.expire_token()                  until clear()
    cloud.faults.fail_query("create table .*books", times=1)
    with cloud.faults.hold("insert into"):       it runs until the end of the block
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from werkzeug.wrappers import Request

    from .calls import Call

ALWAYS = 1 << 30
_S3_CODES = {500: "InternalError", 503: "SlowDown", 403: "AccessDenied", 400: "ExpiredToken"}


@dataclass
class _Fault:
    applies: Callable[[Call], bool]
    status: int
    code: str
    times: int


class Faults:
    """What is to go wrong, for clients and engine alike unless ``by`` names an access key."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._faults: list[_Fault] = []
            self._queries: list[tuple[re.Pattern[str], list[int], str]] = []
            self._held: list[tuple[re.Pattern[str], threading.Event]] = []

    @property
    def pending(self) -> int:
        """How many answers are still to go wrong; queries do not count."""
        with self._lock:
            return sum(fault.times for fault in self._faults)

    def throttle(
        self, times: int, action: str = "athena:StartQueryExecution", by: str = "*"
    ) -> None:
        """Answer TooManyRequestsException, as Athena does over its quota."""
        self._add(action, "*", by, 400, "TooManyRequestsException", times)

    def s3(
        self, status: int, times: int = ALWAYS, action: str = "*", key: str = "*", by: str = "*"
    ) -> None:
        """Answer 500, 503 (SlowDown) or 403; ``key`` is a pattern of ``bucket/key``."""
        resource = f"arn:aws:s3:::{key}"
        self._add(f"s3:{action}", resource, by, status, _S3_CODES[status], times)

    def expire_token(self, times: int = ALWAYS, by: str = "*") -> None:
        """Answer that the credentials have expired, to all but the engine, unless it is named."""

        def applies(call: Call) -> bool:
            return call.access_key != self._engine if by == "*" else call.access_key == by

        with self._lock:
            self._faults.append(_Fault(applies, 400, "ExpiredTokenException", times))

    def fail_query(self, pattern: str, times: int = 1, why: str = "GENERIC_INTERNAL_ERROR") -> None:
        """Fail queries whose SQL the pattern is found in, after all their work.

        A query that writes has written its files when it fails: what it cannot do is commit.
        """
        with self._lock:
            self._queries.append((re.compile(pattern, re.IGNORECASE | re.DOTALL), [times], why))

    @contextmanager
    def hold(self, pattern: str) -> Iterator[None]:
        """Let queries whose SQL the pattern is found in run without end, inside the block."""
        released = threading.Event()
        with self._lock:
            self._held.append((re.compile(pattern, re.IGNORECASE | re.DOTALL), released))
        try:
            yield
        finally:
            released.set()

    # --- asked by the service --------------------------------------------------------------------

    def answer(self, request: Request, calls: Sequence[Call]) -> Response | None:
        """The answer to give instead of the usual one."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and any(fault.applies(call) for call in calls):
                    fault.times -= 1
                    return _error(request, fault)
        return None

    def dooms(self, sql: str) -> str | None:
        """Why this query is to fail, if it is."""
        with self._lock:
            for pattern, left, why in self._queries:
                if left[0] > 0 and pattern.search(sql):
                    left[0] -= 1
                    return f"{why}: injected by the rehearsal"
        return None

    def await_release(self, sql: str, tick: Callable[[], None]) -> None:
        """Wait while the query is held; ``tick`` is called meanwhile and may raise."""
        with self._lock:
            held = [released for pattern, released in self._held if pattern.search(sql)]
        for released in held:
            while not released.wait(0.1):
                tick()

    def _add(self, action: str, resource: str, by: str, status: int, code: str, times: int) -> None:
        def applies(call: Call) -> bool:
            return (
                fnmatchcase(call.action, action)
                and fnmatchcase(call.resource, resource)
                and fnmatchcase(call.access_key, by)
            )

        with self._lock:
            self._faults.append(_Fault(applies, status, code, times))


def _error(request: Request, fault: _Fault) -> Response:
    """The error in the form that the request's protocol has for errors."""
    message = f"injected by the rehearsal: {fault.code}"
    if "X-Amz-Target" in request.headers:
        body = json.dumps({"__type": fault.code, "message": message})
        return Response(body, fault.status, content_type="application/x-amz-json-1.1")
    code = fault.code.removesuffix("Exception")
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if "urlencoded" in request.headers.get("Content-Type", ""):
        error = f"<ErrorResponse>{error}</ErrorResponse>"
    return Response(error, fault.status, content_type="application/xml")
