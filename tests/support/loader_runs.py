"""Runs of the loader against the stand-in, in this process or in one of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from extract.cli import cli
from tests.support.catalogue import key_of
from tests.support.faults import compact
from tests.support.raw_reader import Landed, Record, landed, records

if TYPE_CHECKING:
    from tests.support.stand_in import Request, StandIn

PROJECT = Path(__file__).parents[2]

# Several lengths of key, so that the order of text is not that of numbers; four pages.
COUNT = 3_500
OFFSETS = [0, 999, 1998, 2997]

FAST = ("--rate", "0", "--backoff", "0.01", "--timeout", "10")


def work(number: int, **fields: object) -> bytes:
    """A small work as the API writes it."""
    record = {"key": f"/works/OL{number}W", "title": f"Títle {number}", "edition_count": number % 5}
    return compact(record | fields)


def works(count: int = COUNT, first: int = 8_500) -> list[bytes]:
    """Works in the order in which the API gives them."""
    return sorted((work(number) for number in range(first, first + count)), key=key_of)


@dataclass(frozen=True)
class Outcome:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def log(self) -> list[dict[str, Any]]:
        """The JSON lines of standard error."""
        return [json.loads(line) for line in self.err.splitlines() if line.startswith("{")]

    @property
    def complaint(self) -> str:
        """The one line that is not JSON; an error where there are more."""
        lines = [line for line in self.err.splitlines() if not line.startswith("{")]
        assert len(lines) == 1, self.err
        return lines[0]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == name]


class Runs:
    """The loader, pointed at one stand-in and one raw root."""

    def __init__(self, api: StandIn, root: Path) -> None:
        self.api = api
        self.root = root
        self.env = {
            "OPEN_LIBRARY_URL": api.url,
            "OPEN_LIBRARY_CONTACT": "reader@example.org",
            "RAW_ROOT": str(root),
            "NO_PROXY": "*",
        }

    def run(self, command: str, *options: str | Path) -> Outcome:
        """Run a command in this process."""
        result = CliRunner().invoke(cli, self._arguments(command, options), env=self.env)
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def start(
        self, command: str, *options: str | Path, within: tuple[str, ...] = ()
    ) -> subprocess.Popen[str]:
        """Start a command in a process of its own, perhaps by another command."""
        return subprocess.Popen(
            [*within, sys.executable, "-m", "extract", *self._arguments(command, options)],
            cwd=PROJECT,
            env=os.environ | self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> Outcome:
        """Wait for a process to end."""
        out, err = process.communicate(timeout=60)
        return Outcome(process.returncode, out, err)

    def _arguments(self, command: str, options: tuple[str | Path, ...]) -> list[str]:
        fast = FAST if command in {"subjects", "resume"} else ()
        return [command, *fast, *map(str, options)]

    def landed(self, slug: str = "love") -> Landed | None:
        return landed(self.root, slug)

    def committed(self, slug: str = "love") -> Landed:
        found = self.landed(slug)
        assert found, f"nothing of {slug} is committed"
        return found

    def records(self, dataset: str) -> list[Record]:
        return records(self.root, dataset)

    def assert_whole(self, slug: str = "love") -> Landed:
        """What is committed is what the API has now: every work, each once, in its place."""
        found = self.committed(slug)
        assert found.works == list(self.api.catalogue[slug])
        assert found.record["is_complete"]
        assert found.record["drift_count"] == 0
        assert found.record["missing_places"] == []
        assert found.record["work_count"] == len(found.works) == found.record["promised_count"]
        return found

    def asked_since(self, start: int) -> list[Request]:
        """Requests that came after the first ``start``."""
        return self.api.requests[start:]

    def pages_since(self, start: int) -> list[int]:
        """Offsets of the pages that were asked for after the first ``start`` requests."""
        return [r.offset for r in self.asked_since(start) if r.limit and r.offset is not None]

    def missing_since(self, start: int) -> list[int]:
        """Offsets of the pages that were missing after the first ``start`` requests, in order.

        Every page must have been seen again after them.
        """
        asked = self.pages_since(start)
        assert sorted(asked[-len(OFFSETS) :]) == OFFSETS
        return sorted(asked[: -len(OFFSETS)])
