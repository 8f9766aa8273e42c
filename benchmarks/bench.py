"""What the benchmarks share: where they work, their figures, and the table of figures."""

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from pathlib import Path

import click

from benchmarks.measure import Usage, run

FULL = 1_000_000  # works; the bounds are for this many
DUMPED = "2026-09-30"


@dataclass(frozen=True)
class Row:
    """A figure and its bound: the highest value allowed, infinite if there is no limit."""

    what: str
    value: float
    bound: float
    unit: str
    details: str

    @property
    def is_met(self) -> bool:
        return self.value <= self.bound

    def cells(self) -> list[str]:
        digits = 0 if self.unit == "MB" else 2 if self.unit == "x" else 1
        space = "" if self.unit == "x" else " "
        measured, bound = (f"{n:,.{digits}f}{space}{self.unit}" for n in (self.value, self.bound))
        met = "yes" if self.is_met else "**no**"
        against = [f"≤ {bound}", met] if isfinite(self.bound) else ["", ""]
        return [self.what, f"{measured} ({self.details})", *against]


@dataclass(frozen=True)
class Bench:
    """Where to work, with how many works, and how often to measure."""

    scratch: Path
    works: int
    repeat: int

    def say(self, text: str) -> None:
        click.echo(text, err=True)

    def python(self, module: str, *arguments: str | Path) -> list[str | Path]:
        return [sys.executable, "-m", module, *arguments]

    def path(self, name: str) -> Path:
        """The path of a file or folder of this name in the scratch folder."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        return self.scratch / name

    def measured(self, what: str, usages: Iterable[Usage]) -> Usage:
        usage = Usage.median(list(usages))
        self.say(f"  {what}: {usage}")
        return usage

    def raw(self, works: int, loads: int = 1) -> Path:
        """A raw zone with this many loads of this many works of one subject; created once."""
        root = self.path(f"raw-{works}-{loads}")
        done = root / "done"
        if not done.exists():
            self.say(f"  landing {loads:,} load(s) of {works:,} works")
            arguments = ("--works", str(works), "--loads", str(loads), "--raw-root", root)
            run(self.python("tests.support.synthetic", *arguments), self.path("synthetic.log"))
            done.touch()
        return root

    def dump(self, share: int) -> Path:
        """A raw zone with a dump of one in so many lines of Open Library; created once."""
        scale = Fraction(self.works, FULL * share)
        root = self.path(f"raw-dump-{scale.numerator}-{scale.denominator}")
        done = root / "done"
        if not done.exists():
            self.say(f"  making and landing a dump of {scale} of Open Library")
            files = root / "files"
            arguments = ("--scale", str(scale), "--folder", files, "--date", DUMPED)
            log = self.path("synthetic.log")
            run(self.python("tests.support.synthetic_dump", *arguments), log)
            landing = self.python("extract", "dump", DUMPED, "--from", files)
            run(landing, self.path("landing.log"), env={"RAW_ROOT": str(root)})
            shutil.rmtree(files)
            done.touch()
        return root


def table(rows: Iterable[Row]) -> str:
    """The figures as a Markdown table."""
    head = ["what", "measured", "bound", "met"]
    lines = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
