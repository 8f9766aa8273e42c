"""The project as dbt parses it for DuckDB, for the processes that are forked from its importer.

A parse takes seconds and depends on nothing that differs between scratch folders. A parse that
fails leaves dbt's exception here: to raise it would end the process that all others are forked
from, and nobody would see it.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.semantic_manifest import SemanticManifest
from dbt.parser.manifest import write_manifest

ROOT = Path(__file__).parents[2]
# The static parser starts threads, and a fork has none of them: a forked run that parses would wait
# for them forever.
PARSE = ("--log-level", "none", "--no-static-parser", "parse")


def _parse() -> Manifest | BaseException | None:
    with TemporaryDirectory() as scratch:
        environment = {
            "DBT_TARGET_PATH": scratch,
            "DBT_LOG_PATH": scratch,
            "WAREHOUSE_PATH": f"{scratch}/warehouse.duckdb",  # dbt calls the database `warehouse`
        }
        with patch.dict(os.environ, environment):
            project = ("--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target", "dev")
            done = dbtRunner().invoke([*PARSE, *project])
    return done.result if isinstance(done.result, Manifest) else done.exception


def write(manifest: Manifest) -> None:
    """Write the manifests to the target folder, as dbt does when it has parsed."""
    target = Path(os.environ["DBT_TARGET_PATH"])
    if not (target / "manifest.json").exists():
        target.mkdir(parents=True, exist_ok=True)
        write_manifest(manifest, str(target))
        SemanticManifest(manifest).write_json_to_file(str(target / "semantic_manifest.json"))


PARSED = _parse()

# Otherwise every collection in a fork walks the whole manifest, which is a sixth of a build.
gc.freeze()
