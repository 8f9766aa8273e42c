"""Step 9: Terraform takes production down again, with all that was landed and built in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .production import EXAMPLE

if TYPE_CHECKING:
    from tests.infra.conftest import Terraform

    from .production import Production


def test_nothing_of_it_stays(deployed: tuple[Terraform, Production]) -> None:
    terraform, production = deployed
    production.cloud.client("s3").put_object(Bucket=_bucket(production), Key="landed", Body=b"1")
    assert _tagged(production)
    for what in ("apply", "destroy"):
        terraform.run(EXAMPLE, what, "-auto-approve", "-input=false", "-var=force_destroy=true")
    assert not _tagged(production)


def _bucket(production: Production) -> str:
    return production.raw_root.removeprefix("s3://").partition("/")[0]


def _tagged(production: Production) -> list[str]:
    """What has the tag that Terraform gives to all that it makes."""
    tagging = production.cloud.client("resourcegroupstaggingapi")
    ours = [{"Key": "project", "Values": ["book_analytics"]}]
    pages = tagging.get_paginator("get_resources").paginate(TagFilters=ours)
    return [one["ResourceARN"] for page in pages for one in page["ResourceTagMappingList"]]
