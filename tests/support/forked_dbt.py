"""dbt, publish and scripts that run dbt, in a process of its own for each run.

Each is forked from one process that has imported dbt and parsed the project: both take longer than
most of what the tests ask for. Arguments, output and exit code are those of the command line.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import site
import sys
import threading
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.support import needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbt.contracts.graph.manifest import Manifest

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["dbt.adapters.athena", "vl_convert", "tests.support.parsed_project"])

ROOT = Path(__file__).parents[2]
# Options that make dbt parse something else, or into something else.
OTHER_PARSE = ("--vars", "--project-dir", "--profile")  # --profiles-dir as well
NOT_PARSED = 70  # an exit code that neither program has

# Each start of a process asks how all others ended, and an answer is given once: a thread that asks
# between another's wait and its answer would take it away.
_asking = threading.Lock()


def run(
    args: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    program: str = "dbt",
    fails: bool = False,
) -> str:
    """Run a program in a folder, with an environment and no other; give what it printed.

    The program is dbt, publish, or the path of a script in the project.
    """
    needs.require("needs_dbt")
    with NamedTemporaryFile(prefix=f"{Path(program).stem}-", suffix=".log") as output:
        given = (program, list(args), str(folder), dict(environment), output.name)
        process = FORKED.Process(target=_run, args=given)
        with _asking:
            process.start()
        wait([process.sentinel])
        with _asking:
            process.join()
        printed = Path(output.name).read_text(encoding="utf-8")
        assert process.exitcode != NOT_PARSED, f"dbt cannot parse the project: {printed}"
        assert (process.exitcode != 0) == fails, printed
        return printed


def is_parsed(args: Sequence[str], folder: Path) -> bool:
    """Whether a command would parse what was parsed before forking: the project for DuckDB."""
    return folder == ROOT and not any(
        arg.endswith("prod") or arg.startswith(OTHER_PARSE) for arg in args
    )


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
    manifest = _parsed() if is_parsed(args, Path(folder)) else None
    _dbt(manifest) if program == "dbt" else _program(program, manifest)


# What follows imports only what has been imported where it was forked.


def _parsed() -> Manifest:
    from tests.support.parsed_project import PARSED  # noqa: PLC0415

    if PARSED is None or isinstance(PARSED, BaseException):
        sys.stderr.write(f"{PARSED}\n")
        sys.exit(NOT_PARSED)
    return PARSED


def _dbt(manifest: Manifest | None) -> None:
    from dbt.cli.main import cli  # noqa: PLC0415

    from tests.support.parsed_project import write  # noqa: PLC0415

    if manifest:
        write(manifest)
    cli(obj={"manifest": manifest})


def _program(program: str, manifest: Manifest | None) -> None:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    def runner(given: Manifest | None = None, **more: Any) -> dbtRunner:  # noqa: ANN401
        return dbtRunner(given or manifest, **more)

    with patch("dbt.cli.main.dbtRunner", runner):
        if program == "publish":
            runpy.run_module(program, run_name="__main__")
        else:
            runpy.run_path(program, run_name="__main__")
