"""Terraform destroys production, with everything that was landed and built in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .production import EXAMPLE

if TYPE_CHECKING:
    from tests.support.terraform import Terraform

    from .production import Production

# What cannot go while it holds something, unless `apply` said before that it can. Of the rest moto
# would be asked to update the CodeBuild project, which it cannot.
HOLD_SOMETHING = ("s3_bucket.this", "athena_workgroup.analysts", "athena_workgroup.build")


def test_nothing_of_it_stays(deployed: tuple[Terraform, Production]) -> None:
    terraform, production = deployed
    bucket = production.raw_root.removeprefix("s3://").partition("/")[0]
    landed = {"Bucket": bucket, "Key": "loads/what-was-landed", "Body": b"{}"}
    production.cloud.client("s3").put_object(**landed, IfNoneMatch="*")
    ours = {bucket, *production.databases}
    assert _there(production) >= ours

    forced = (
        "-auto-approve",
        "-input=false",
        "-var=force_destroy=true",
        "-var=force_destroy_raw=true",
    )
    targets = [f"-target=module.book_analytics.aws_{one}" for one in HOLD_SOMETHING]
    terraform.run(EXAMPLE, "apply", *forced, *targets)
    terraform.run(EXAMPLE, "destroy", *forced)
    assert terraform.run(EXAMPLE, "state", "list") == ""
    assert not _there(production) & ours


def _there(production: Production) -> set[str]:
    """The names of all buckets and databases."""
    buckets = production.cloud.client("s3").list_buckets()["Buckets"]
    databases = production.cloud.client("glue").get_databases()["DatabaseList"]
    return {one["Name"] for one in (*buckets, *databases)}
