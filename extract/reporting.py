"""What loads report, and the reporter that writes it as JSON lines to standard error."""

import sys
import time
from typing import Protocol

import structlog

from extract.errors import ExtractError
from extract.loads import Load, Record

PROGRESS_SECONDS = 10.0  # between two progress lines of a log


class Reporter(Protocol):
    """Receives the progress and outcome of loads."""

    def begin(self, load: Load, *, resumed: bool = False) -> None:
        """A load starts or is resumed."""

    def expect(self, total: int) -> None:
        """The load has this many works or bytes in total."""

    def stage(self, name: str, total: int) -> None:
        """The load goes on to something else, of this many works or bytes."""

    def advance(self, count: int) -> None:
        """This many more works were landed, or bytes read."""

    def note(self, event: str, **details: object) -> None:
        """Something happened that an operator should know."""

    def inform(self, event: str, **details: object) -> None:
        """Something is as usual, and an operator may want to know it."""

    def committed(self, load: Load, summary: Record) -> None:
        """A load was committed."""

    def failed(self, error: ExtractError, **label: str) -> None:
        """A load ended without a commit."""


class LogReporter:
    """Writes one JSON object per line, for a log collector."""

    def __init__(self) -> None:
        is_utf8 = (sys.stderr.encoding or "").lower() in {"utf-8", "utf8"}  # others lack characters
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(ensure_ascii=not is_utf8),
            ],
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )
        self._log = structlog.get_logger()
        self._of: dict[str, str] = {}  # the load that all lines until its end are about
        self._expected: int | None = None
        self._landed = 0
        self._unit = ""
        self._began = self._stage_began = self._reported = 0.0

    def begin(self, load: Load, *, resumed: bool = False) -> None:
        """Log that a load starts or is resumed."""
        self._of = load.label | {"load_id": load.load_id}
        self._expected, self._landed, self._unit = None, 0, load.unit
        self._began = self._stage_began = self._reported = time.monotonic()
        event = "load_resumed" if resumed else "load_started"
        self._log.info(event, **self._of)

    def expect(self, total: int) -> None:
        """Remember the total."""
        self._expected = total

    def stage(self, name: str, total: int) -> None:
        """Log what comes next, and count anew."""
        self._expected, self._landed = total, 0
        self._stage_began = time.monotonic()
        self._log.info("load_stage", **self._of, stage=name, expected=total)

    def advance(self, count: int) -> None:
        """Log from time to time how far the load has got, and how fast it is."""
        self._landed += count
        if self._expected is not None:  # pages share works, and some are fetched twice
            self._landed = min(self._landed, self._expected)
        now = time.monotonic()
        if now - self._reported >= PROGRESS_SECONDS:
            self._reported = now
            rate = self._landed / (now - self._stage_began)
            left = None if self._expected is None else self._expected - self._landed
            self._log.info(
                "load_progress",
                **self._of,
                landed=self._landed,
                expected=self._expected,
                seconds_left=None if left is None or not rate else round(left / rate),
                **{f"{self._unit}_per_second": round(rate)},
            )

    def note(self, event: str, **details: object) -> None:
        """Log a warning."""
        self._log.warning(event, **(self._of | details))

    def inform(self, event: str, **details: object) -> None:
        """Log it."""
        self._log.info(event, **(self._of | details))

    def committed(self, load: Load, summary: Record) -> None:
        """Log a load's summary."""
        log = self._log.warning if summary.get("drift") else self._log.info
        seconds = round(time.monotonic() - self._began, 1)
        log("load_committed", **self._of, **summary, seconds=seconds)
        self._of = {}

    def failed(self, error: ExtractError, **label: str) -> None:
        """Log why a load ended without a commit."""
        kind = type(error).__name__
        self._log.error("load_failed", **(self._of | label), error_type=kind, error=str(error))
        self._of = {}
