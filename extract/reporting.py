"""What an operator sees: a progress bar on a terminal, JSON lines everywhere else.

All of it goes to standard error. On a terminal, text from outside appears as ``repr`` only, so
that it can't steer the terminal.
"""

import sys
import time
from typing import Any, Self

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from extract.errors import ExtractError
from extract.files.loader import FilesLoad
from extract.raw_zone import Load, Record
from extract.subjects.names import Subject

PROGRESS_SECONDS = 10.0  # between two progress lines of a log


def open_reporter() -> "TerminalReporter | LogReporter":
    """Choose by whether standard error is a terminal."""
    return TerminalReporter() if sys.stderr.isatty() else LogReporter()


class LogReporter:
    """One JSON object a line, for whoever collects logs."""

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
        self._expected = 0
        self._landed = 0
        self._unit = "works"
        self._begun = self._told = 0.0

    def __enter__(self) -> Self:
        """Do nothing: a log needs no start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: a log needs no end."""

    def begin(self, load: Load, *, resumed: bool) -> None:
        """Say that a load begins or goes on."""
        self._begin("works")
        self._log.info(
            "load_resumed" if resumed else "load_started",
            subject=load.subject.slug,
            load_id=load.load_id,
        )

    def begin_files(self, load: FilesLoad, size: int) -> None:
        """Say that a load of files begins."""
        self._begin("bytes")
        self._expected = size
        self._log.info("load_started", dataset=load.file_set.name, load_id=load.load_id)

    def expect(self, works: int) -> None:
        """Take note of the goal."""
        self._expected = works

    def advance(self, landed: int) -> None:
        """Say now and then how far the load is, and how fast."""
        self._landed += landed
        now = time.monotonic()
        if now - self._told >= PROGRESS_SECONDS:
            self._told = now
            rate = self._landed / (now - self._begun)
            self._log.info(
                "load_progress",
                landed=self._landed,
                expected=self._expected,
                seconds_left=round((self._expected - self._landed) / rate) if rate else None,
                **{f"{self._unit}_per_second": round(rate)},
            )

    def note(self, event: str, **details: object) -> None:
        """Say that something happened."""
        self._log.warning(event, **details)

    def committed(self, load: Load, record: Record) -> None:
        """Say what was landed: the load's summary."""
        log = self._log.warning if record["drift_count"] else self._log.info
        log("load_committed", **summary(load, record), seconds=self._seconds())

    def files_committed(self, load: FilesLoad, record: Record) -> None:
        """Say what was landed: the load's summary."""
        self._log.info(
            "load_committed",
            dataset=load.file_set.name,
            load_id=load.load_id,
            files={file["name"]: file["records"] for file in record["files"]},
            records=record["record_count"],
            bytes=record["bytes"],
            seconds=self._seconds(),
        )

    def failed(self, subject: Subject, error: ExtractError) -> None:
        """Say why a load ended without a commit: its summary too."""
        self._log.error(
            "load_failed", subject=subject.slug, error_type=type(error).__name__, error=str(error)
        )

    def _begin(self, unit: str) -> None:
        self._landed, self._unit = 0, unit
        self._begun = self._told = time.monotonic()

    def _seconds(self) -> float:
        return round(time.monotonic() - self._begun, 1)


class TerminalReporter:
    """A progress bar for a person, and a line for each thing worth reading."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]} · {task.fields[rate]} {task.fields[unit]}/s ·"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, visible=False, rate=0, unit="")
        self._begun = time.monotonic()

    def __enter__(self) -> Self:
        """Start to draw."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing."""
        self._bar.stop()

    def begin(self, load: Load, *, resumed: bool) -> None:
        """Start the bar anew."""
        what = "resuming" if resumed else "loading"
        self._begin(f"{what} {load.subject.slug!r}", "works", None)

    def begin_files(self, load: FilesLoad, size: int) -> None:
        """Start the bar anew."""
        self._begin(f"landing the files of {load.file_set.name}", "bytes", size)

    def expect(self, works: int) -> None:
        """Set the bar's length."""
        self._bar.update(self._task, total=works)

    def advance(self, landed: int) -> None:
        """Move the bar."""
        self._bar.advance(self._task, landed)
        rate = self._bar.tasks[0].completed / (time.monotonic() - self._begun)
        self._bar.update(self._task, rate=f"{rate:,.0f}")

    def note(self, event: str, **details: object) -> None:
        """Print a line."""
        told = " ".join(f"{name}={value!r}" for name, value in details.items())
        self._print(f"  {event.replace('_', ' ')}: {told}", "yellow")

    def committed(self, load: Load, record: Record) -> None:
        """Print a load's summary."""
        told = summary(load, record)
        kind = "complete" if told["is_complete"] else "partial"
        drift = f", {told['drift']} unverified" if told["drift"] else ""
        self._print(
            f"✓ {load.subject.slug!r}: {told['works']:,} works of {told['promised']:,} "
            f"({kind}{drift}), {told['requests']} requests, {told['retries']} retries, "
            f"{time.monotonic() - self._begun:.1f} s",
            "yellow" if drift else "green",
        )

    def files_committed(self, load: FilesLoad, record: Record) -> None:
        """Print a load's summary."""
        told = ", ".join(f"{file['name']} {file['records']:,}" for file in record["files"])
        self._print(
            f"✓ {load.file_set.name}: {record['record_count']:,} records ({told}), "
            f"{time.monotonic() - self._begun:.1f} s",
            "green",
        )

    def failed(self, subject: Subject, error: ExtractError) -> None:
        """Print why a load ended without a commit."""
        self._print(f"✗ {error}", "red")

    def _begin(self, what: str, unit: str, expected: int | None) -> None:
        self._begun = time.monotonic()
        self._bar.reset(
            self._task, total=expected, visible=True, description=what, rate=0, unit=unit
        )

    def _print(self, text: str, style: str) -> None:
        self._console.print(text, style=style, markup=False, soft_wrap=True)


def summary(load: Load, record: Record) -> dict[str, Any]:
    """Give what a load's summary tells."""
    return {
        "subject": load.subject.slug,
        "load_id": load.load_id,
        "is_complete": record["is_complete"],
        "works": record["work_count"],
        "promised": record["promised_count"],
        "drift": record["drift_count"],
        "missing_places": record["missing_places"],
        "records": record["record_count"],
        "bytes": record["bytes"],
        "requests": record["requests"],
        "retries": record["retries"],
    }
