"""The project as dbt parses it for DuckDB, for the processes that are forked from its importer.

A parse takes seconds and depends on nothing that differs between scratch folders. What depends on
variables or on the profile of production is parsed by the run that asks for it.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import write_manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
# The static parser starts threads, and a fork has none of them: a forked run that parses would wait
# for them forever.
PARSE = ("--log-level", "none", "--no-static-parser", "parse")


def _parse() -> Manifest:
    with TemporaryDirectory() as scratch:
        environment = {
            "DBT_TARGET_PATH": scratch,
            "DBT_LOG_PATH": scratch,
            "WAREHOUSE_PATH": f"{scratch}/warehouse.duckdb",  # dbt calls the database `warehouse`
        }
        with patch.dict(os.environ, environment):
            project = ("--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target", "dev")
            done = dbtRunner().invoke([*PARSE, *project])
    assert isinstance(done.result, Manifest), done.exception
    return done.result


def is_parsed(args: Sequence[str]) -> bool:
    """Whether the manifest below is what a command with these arguments would parse."""
    return not {"prod", "--vars", "--project-dir"} & {*args}


def write() -> None:
    """Write the manifest to the target folder, as dbt does when it has parsed."""
    target = Path(os.environ["DBT_TARGET_PATH"])
    if not (target / "manifest.json").exists():
        target.mkdir(parents=True, exist_ok=True)
        write_manifest(MANIFEST, str(target))


MANIFEST = _parse()
