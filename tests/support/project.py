"""The project's programs, run against a scratch folder."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tests.support import forked_dbt

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "open_library" / "love-limit1000-offset0.json.gz"
STREAMING = ROOT / "samples" / "streaming"
STORE = ROOT / "samples" / "store"
DUMP = ROOT / "samples" / "open_library_dump"
DUMP_DATE = "2026-07-31"
DUMP_FILES = "works,editions,authors,redirects,ratings,reading-log"
# they read no table, so one build with them is enough: `make test` has it, and so has `make demo`
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
NO_TESTS = ("--exclude-resource-type", "unit_test", "test")
DBT = Path(sys.executable).with_name("dbt")
# what dbt writes for people, which takes a fifth of its time; a test that reads its results says
# --write-json
NO_FILES = {"DBT_LOG_LEVEL_FILE": "none", "DBT_WRITE_JSON": "false"}


@dataclass(frozen=True)
class Project:
    """The project with a raw zone, a warehouse and a dbt target of its own."""

    scratch: Path

    @property
    def warehouse(self) -> Path:
        return self.scratch / "warehouse.duckdb"

    @property
    def raw_root(self) -> Path:
        return self.scratch / "raw"

    @property
    def target(self) -> Path:
        return self.scratch / "target"

    @property
    def exported(self) -> Path:
        return self.scratch / "export"

    @property
    def report(self) -> Path:
        return self.scratch / "report.html"

    @property
    def slides(self) -> Path:
        return self.scratch / "slides.html"

    @property
    def environment(self) -> dict[str, str]:
        """Where everything is, as environment variables."""
        return {
            "RAW_ROOT": str(self.raw_root),
            "WAREHOUSE_PATH": str(self.warehouse),
            "EXPORT_ROOT": str(self.exported),
            "REPORT_PATH": str(self.report),
            "SLIDES_PATH": str(self.slides),
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.scratch / "logs"),
        }

    def dbt(self, *args: str, fails: bool = False) -> str:
        """Run dbt and give what it printed."""
        return forked_dbt.run(args, ROOT, os.environ | self.environment | NO_FILES, fails=fails)

    def extract(self, *args: str, fails: bool = False, **environment: str) -> str:
        """Run the loader and give what it printed."""
        return self._run(sys.executable, "-m", "extract", *args, fails=fails, **environment)

    def publish(self, *args: str, fails: bool = False, **environment: str) -> str:
        """Publish and give what was printed."""
        inherited = os.environ | self.environment | NO_FILES | environment
        return forked_dbt.run(args, ROOT, inherited, program="publish", fails=fails)

    def script(self, name: str, *args: str, fails: bool = False, **environment: str) -> str:
        """Run a script of the project that runs dbt, and give what it printed."""
        inherited = os.environ | self.environment | NO_FILES | environment
        return forked_dbt.run(args, ROOT, inherited, program=f"scripts/{name}", fails=fails)

    def connect(self, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.warehouse), read_only=read_only)

    def copy(self, scratch: Path) -> Project:
        """Give a project with a copy of this one's warehouse and raw zone, to change."""
        shutil.copytree(self.raw_root, scratch / self.raw_root.name)
        for file in self.scratch.glob(f"{self.warehouse.name}*"):  # dbt may have left a log
            shutil.copy(file, scratch)
        return Project(scratch)

    def _run(self, *command: str, fails: bool, **environment: str) -> str:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, output
        return output


@dataclass(frozen=True)
class Shared:
    """A folder of projects that several processes read: the first to ask for one makes it."""

    folder: Path

    def project(self, name: str, make: Callable[[Project], object]) -> Project:
        project, finished = Project(self.folder / name), self.folder / f"{name}.finished"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not finished.exists():
                shutil.rmtree(project.scratch, ignore_errors=True)
                project.scratch.mkdir()
                make(project)
                finished.touch()
        return project
