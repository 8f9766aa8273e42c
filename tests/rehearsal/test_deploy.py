"""Terraform makes production in an empty account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .production import EXAMPLE

if TYPE_CHECKING:
    from tests.support.terraform import Terraform

    from .production import Production


# what moto returns in another form than it was given, or not at all
NOT_KEPT = {
    'aws_codebuild_project.build["concurrent_build_limit"]',
    'aws_codebuild_project.build["secondary_sources"]',
    'aws_sqs_queue.loads["redrive_policy"]',  # as other JSON text of the same value
}


def test_what_was_made_is_what_was_asked_for(deployed: tuple[Terraform, Production]) -> None:
    terraform, _ = deployed
    plan = terraform.project / "second-plan"
    terraform.run(EXAMPLE, "plan", "-input=false", f"-out={plan}")
    changes = json.loads(terraform.run(EXAMPLE, "show", "-json", str(plan)))["resource_changes"]
    differences = set()
    for change in changes:
        before, after = change["change"]["before"], change["change"]["after"]
        if change["change"]["actions"] not in (["no-op"], ["read"]):
            address = change["address"].removeprefix("module.book_analytics.")
            differences |= {f'{address}["{k}"]' for k in after if before.get(k) != after[k]}
    assert differences == NOT_KEPT


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
    assert "Connection test: [OK" in production.dbt("--no-use-colors", "debug", "--connection")
