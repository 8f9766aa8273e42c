"""dbt and publish, in a process of its own for each run.

Each is forked from one process that has imported dbt and parsed the project: both take longer than
most of what the tests ask for. Arguments, output and exit code are those of the command line.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import site
import sys
from contextlib import nullcontext
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.support import needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbt.contracts.graph.manifest import Manifest

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["dbt.adapters.athena", "vl_convert", "tests.support.parsed_project"])


def run(
    args: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    program: str = "dbt",
    fails: bool = False,
) -> str:
    """Run dbt or publish in a folder, with an environment and no other; give what it printed."""
    needs.require("needs_dbt")
    with NamedTemporaryFile(prefix=f"{program}-", suffix=".log") as output:
        given = (program, list(args), str(folder), dict(environment), output.name)
        process = FORKED.Process(target=_run, args=given)
        process.start()
        process.join()
        printed = Path(output.name).read_text(encoding="utf-8")
        assert (process.exitcode != 0) == fails, printed
        return printed


def _run(
    program: str, args: list[str], folder: str, environment: dict[str, str], output: str
) -> None:
    opened = os.open(output, os.O_WRONLY | os.O_APPEND)
    for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(opened, descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if path := environment.get("PYTHONPATH"):  # as Python does when it starts
        sys.path[:0] = path.split(os.pathsep)
        site.execsitecustomize()
    sys.argv = [program, *args]
    {"dbt": _dbt, "publish": _publish}[program](args)


def _dbt(args: list[str]) -> None:
    # both have been imported where this was forked
    from dbt.cli.main import cli, dbtRunner  # noqa: PLC0415

    from tests.support.parsed_project import MANIFEST, is_parsed, write  # noqa: PLC0415

    if not is_parsed(args):
        cli()
    write()
    done = dbtRunner(MANIFEST).invoke(args)
    sys.exit(0 if done.success else 1)


def _publish(args: list[str]) -> None:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    from tests.support.parsed_project import MANIFEST, is_parsed  # noqa: PLC0415

    def runner(manifest: Manifest | None) -> dbtRunner:
        return dbtRunner(manifest or MANIFEST)

    known = patch("publish.warehouse.dbtRunner", runner) if is_parsed(args) else nullcontext()
    with known:
        runpy.run_module("publish", run_name="__main__")
