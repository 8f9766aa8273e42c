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

    def advance(self, count: int) -> None:
        """This many more works were landed, or bytes read."""

    def note(self, event: str, **details: object) -> None:
        """Something happened that an operator should know."""

    def committed(self, load: Load, summary: Record) -> None:
        """A load was committed."""

    def failed(self, error: ExtractError, **label: str) -> None:
        """A load ended without a commit."""


class LogReporter:
    """Writes one JSON object per line, for a log collector."""

    def __init__(self) -> None:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )
        self._log = structlog.get_logger()
        self._expected = self._landed = 0
        self._unit = ""
        self._began = self._reported = 0.0

    def begin(self, load: Load, *, resumed: bool = False) -> None:
        """Log that a load starts or is resumed."""
        self._landed, self._unit = 0, load.unit
        self._began = self._reported = time.monotonic()
        event = "load_resumed" if resumed else "load_started"
        self._log.info(event, **load.label, load_id=load.load_id)

    def expect(self, total: int) -> None:
        """Remember the total."""
        self._expected = total

    def advance(self, count: int) -> None:
        """Log from time to time how far the load has got, and how fast it is."""
        self._landed += count
        now = time.monotonic()
        if now - self._reported >= PROGRESS_SECONDS:
            self._reported = now
            rate = self._landed / (now - self._began)
            self._log.info(
                "load_progress",
                landed=self._landed,
                expected=self._expected,
                seconds_left=round((self._expected - self._landed) / rate) if rate else None,
                **{f"{self._unit}_per_second": round(rate)},
            )

    def note(self, event: str, **details: object) -> None:
        """Log a warning."""
        self._log.warning(event, **details)

    def committed(self, load: Load, summary: Record) -> None:
        """Log a load's summary."""
        log = self._log.warning if summary.get("drift") else self._log.info
        seconds = round(time.monotonic() - self._began, 1)
        log("load_committed", **load.label, load_id=load.load_id, **summary, seconds=seconds)

    def failed(self, error: ExtractError, **label: str) -> None:
        """Log why a load ended without a commit."""
        self._log.error("load_failed", **label, error_type=type(error).__name__, error=str(error))
