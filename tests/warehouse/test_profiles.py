"""The profiles say which variable is missing, and take what memory and cores there are."""

import json
import os
from pathlib import Path

import duckdb
import pytest

from tests.support import forked_dbt
from tests.support.project import ROOT, Project

NEEDED = {
    name: name.lower()
    for name in (
        *("AWS_REGION", "ATHENA_SCHEMA", "ATHENA_WORKGROUP", "ATHENA_S3_STAGING_DIR"),
        *("ATHENA_S3_DATA_DIR", "RAW_SCHEMA"),
    )
}


@pytest.mark.parametrize("missing", NEEDED)
def test_a_missing_variable_is_named(missing: str, tmp_path: Path) -> None:
    given = {name: value for name, value in NEEDED.items() if name != missing}
    inherited = {name: value for name, value in os.environ.items() if name not in NEEDED}
    environment = inherited | Project(tmp_path).environment | given
    printed = forked_dbt.run(["parse", "--target", "prod"], ROOT, environment, fails=True)
    assert f"Env var required but not provided: '{missing}'" in printed


@pytest.mark.parametrize(
    ("given", "memory", "threads"),
    [
        ({}, "50%", 2),
        ({"DUCKDB_MEMORY_LIMIT": "", "DBT_THREADS": ""}, "50%", 2),
        ({"DUCKDB_MEMORY_LIMIT": "700MB", "DBT_THREADS": "5"}, "700MB", 5),
    ],
)
def test_memory_and_threads_are_settings(
    given: dict[str, str], memory: str, threads: int, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    environment = dict.fromkeys(("DUCKDB_MEMORY_LIMIT", "DBT_THREADS"), "")
    sql = "select current_setting('memory_limit') as memory, current_setting('threads') as cores"
    printed = forked_dbt.run(
        ["show", "--output", "json", "--inline", sql],
        ROOT,
        os.environ | project.environment | environment | given,
    )
    row = json.loads(printed[printed.index("{") :])["show"][0]
    with duckdb.connect(config={"memory_limit": memory}) as connection:
        (expected,) = connection.sql(sql).fetchall()
    assert (row["memory"], row["cores"]) == expected
    assert f"Concurrency: {threads} threads" in printed
