"""The profile of production says which variable is missing."""

import os
from pathlib import Path

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
