"""Step 1: Terraform makes production in an empty account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .production import EXAMPLE

if TYPE_CHECKING:
    from tests.infra.conftest import Terraform

    from .production import Production


def test_what_was_made_is_what_was_asked_for(deployed: tuple[Terraform, Production]) -> None:
    terraform, _ = deployed
    terraform.run(EXAMPLE, "plan", "-input=false", "-detailed-exitcode")


def test_the_outputs_are_what_the_profile_needs(production: Production) -> None:
    assert set(production.environment) >= {
        "AWS_REGION",
        "ATHENA_SCHEMA",
        "ATHENA_WORKGROUP",
        "ATHENA_S3_STAGING_DIR",
        "ATHENA_S3_DATA_DIR",
        "RAW_SCHEMA",
        "RAW_ROOT",
    }
    assert "connection test: [OK" in production.dbt("--no-use-colors", "debug", "--connection")


def test_nothing_landed_is_built_green(production: Production) -> None:
    empty = production.of("empty")
    empty.dbt("build", "--exclude-resource-type", "unit_test")
    assert empty.rows("books") == []
