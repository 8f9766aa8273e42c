"""What a person sees on a terminal: a progress bar, and a line for each event.

Text from outside appears only as ``repr``, so that it cannot control the terminal.
"""

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column

from extract.errors import ExtractError
from extract.loads import Load, Record


class TerminalReporter:
    """A reporter that draws on standard error, within its ``bar``."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        # on a narrow terminal the bar yields, and no number is cut
        self.bar = Progress(
            BarColumn(bar_width=None, table_column=Column(ratio=1)),
            MofNCompleteColumn(),
            TextColumn("  {task.fields[rate]} {task.fields[unit]}/s  "),
            TimeRemainingColumn(),
            console=self._console,
            expand=True,
            transient=True,
        )
        self._began = self._stage_began = time.monotonic()
        self._unit = ""

    def begin(self, load: Load, *, resumed: bool = False) -> None:
        """Print what is loaded, and start a bar of unknown length."""
        self._print(f"{'resuming' if resumed else 'loading'} {_title(load)}")
        self._began = time.monotonic()
        self._unit = load.unit
        self._add_bar(None)

    def expect(self, total: int) -> None:
        """Set the bar's length."""
        self.bar.update(self.bar.task_ids[0], total=total)

    def stage(self, name: str, total: int) -> None:
        """Print what comes next, and start another bar."""
        self._print(f"  {name}")
        self._add_bar(total)

    def advance(self, count: int) -> None:
        """Move the bar."""
        (task,) = self.bar.tasks
        done = task.completed + count
        rate = done / (time.monotonic() - self._stage_began)
        # pages share works, and some are fetched twice
        shown = done if task.total is None else min(done, task.total)
        self.bar.update(task.id, completed=shown, rate=f"{rate:,.0f}")

    def note(self, event: str, **details: object) -> None:
        """Print an event."""
        self._print(_event(event, details), "yellow")

    def inform(self, event: str, **details: object) -> None:
        """Print an ordinary event."""
        self._print(_event(event, details))

    def committed(self, load: Load, summary: Record) -> None:
        """Print a load's summary."""
        text = _works(summary) if "works" in summary else _files(summary)
        seconds = time.monotonic() - self._began
        style = "yellow" if summary.get("drift") else "green"
        self._remove_bar()
        self._print(f"✓ {_title(load)}: {text}, {seconds:.1f} s", style)

    def failed(self, error: ExtractError, **_: str) -> None:
        """Print why a load ended without a commit."""
        self._remove_bar()
        self._print(f"✗ {error}", "red")

    def _add_bar(self, total: int | None) -> None:
        self._remove_bar()  # a bar cannot lose its length
        self._stage_began = time.monotonic()
        self.bar.add_task("", total=total, rate=0, unit=self._unit)

    def _remove_bar(self) -> None:
        for task in self.bar.task_ids:
            self.bar.remove_task(task)

    def _print(self, text: str, style: str | None = None) -> None:
        self._console.print(text, style=style, markup=False, soft_wrap=True)


def _title(load: Load) -> str:
    return " ".join(f"{kind} {name!r}" for kind, name in load.label.items())


def _event(event: str, details: Record) -> str:
    text = " ".join(f"{name}={value!r}" for name, value in details.items())
    return f"  {event.replace('_', ' ')}{': ' if text else ''}{text}"


def _works(summary: Record) -> str:
    kind = "complete" if summary["is_complete"] else "partial"
    drift = f", {summary['drift']} unverified" if summary["drift"] else ""
    return (
        f"{summary['works']:,} works of {summary['promised']:,} ({kind}{drift}), "
        f"{summary['requests']} requests, {summary['retries']} retries"
    )


def _files(summary: Record) -> str:
    files = ", ".join(f"{name} {records:,}" for name, records in summary["files"].items())
    kind = "" if summary.get("is_complete", True) else "partial: "
    return f"{summary['records']:,} records ({kind}{files})"
