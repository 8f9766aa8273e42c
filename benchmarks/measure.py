"""Run a command and report the resources it used.

CPU is the user and system time of the command and of every process that it waited for. Peak RSS is
that of the largest single process among them. On Linux a new process inherits the peak of its
parent, so the measuring process must stay small: import and hold nothing large here.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Usage:
    """What a command used, in seconds and bytes."""

    cpu: float
    wall: float
    rss: int

    @classmethod
    def median(cls, usages: Sequence["Usage"]) -> "Usage":
        """The median CPU and wall time, and the highest of the peaks."""
        return cls(
            median(usage.cpu for usage in usages),
            median(usage.wall for usage in usages),
            max(usage.rss for usage in usages),
        )

    def __str__(self) -> str:
        return f"{self.cpu:.1f} s CPU, {self.wall:.1f} s wall, {megabytes(self.rss)}"


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def run(
    command: Sequence[str | Path],
    output: Path,
    *,
    env: Mapping[str, str] | None = None,
    stdout: Path | None = None,
) -> Usage:
    """Run a command from the repository's root; its output goes to `output`.

    Raises:
        click.ClickException: it failed; the message has the end of its output.
    """
    words = [str(word) for word in command]
    with output.open("wb") as errors, (stdout or output).open("ab") as written:
        began = time.monotonic()
        process = subprocess.Popen(
            words, cwd=ROOT, env=os.environ | (env or {}), stdout=written, stderr=errors
        )
        try:
            _, status, used = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            raise
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        end = output.read_text(errors="replace")[-2_000:]
        raise click.ClickException(f"{' '.join(words)} exited {process.returncode}:\n{end}")
    return Usage(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024)


@contextmanager
def running(command: Sequence[str | Path]) -> Iterator[str]:
    """Keep a command running that prints one line when it is ready; yield that line."""
    words = [str(word) for word in command]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            line = process.stdout.readline().strip()
            if not line:
                raise click.ClickException(f"{' '.join(words)} did not start")
            yield line
        finally:
            process.terminate()
