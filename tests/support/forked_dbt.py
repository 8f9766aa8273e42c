"""dbt, in a process of its own for each run.

Each is forked from one process that has imported dbt: to import it takes longer than most of what
the tests ask of it. The command line is dbt's own, from its arguments to its exit code.
"""

from __future__ import annotations

import multiprocessing
import os
import site
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.duckdb", "dbt.adapters.athena"])


def run(
    args: Sequence[str], folder: Path, environment: Mapping[str, str], *, fails: bool = False
) -> str:
    """Run dbt in a folder, with an environment and no other; give what it printed."""
    with NamedTemporaryFile(prefix="dbt-", suffix=".log") as output:
        told = (list(args), str(folder), dict(environment), output.name)
        process = FORKED.Process(target=_run, args=told)
        process.start()
        process.join()
        printed = Path(output.name).read_text(encoding="utf-8")
        assert (process.exitcode != 0) == fails, printed
        return printed


def _run(args: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    opened = os.open(output, os.O_WRONLY | os.O_APPEND)
    for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(opened, descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if path := environment.get("PYTHONPATH"):  # as Python does when it starts
        sys.path[:0] = path.split(os.pathsep)
        site.execsitecustomize()
    sys.argv = ["dbt", *args]

    from dbt.cli.main import cli  # noqa: PLC0415  # has been imported where this was forked

    cli()
