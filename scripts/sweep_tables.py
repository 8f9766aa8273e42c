"""Remove from the bucket of tables what no definition in Glue names any more.

dbt-athena deletes a replaced table's data after its definition, and hides what S3 refuses; a run
that dies leaves what it wrote. Both stay, and are paid for, until this removes them: folders
SCHEMA/TABLE/UUID/ in which nothing was written for a week, and that neither a table nor a former
version of one names. It reads the schemas from dbt's last run here, and the bucket from the
environment (docs/runbooks/deploy.md).
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import click

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client

WEEK = timedelta(days=7)  # no run takes as long, and the bucket keeps deleted objects for another
AT_ONCE = 1000  # objects that S3 deletes at most in one request


@dataclass(frozen=True)
class Folder:
    """What lies below a prefix of the bucket."""

    prefix: str
    keys: tuple[str, ...]
    size: int  # bytes
    written_at: datetime  # the newest object

    def __str__(self) -> str:
        what = f"{len(self.keys):,} objects, {self.size / 1e6:,.1f} MB"
        return f"{self.prefix}: {what}, last written {self.written_at:%Y-%m-%d}"


def named(glue: "GlueClient", schema: str) -> Iterator[str]:
    """The locations of a schema's tables and of their former versions."""
    for page in glue.get_paginator("get_tables").paginate(DatabaseName=schema):
        for table in page["TableList"]:
            pages = glue.get_paginator("get_table_versions").paginate(
                DatabaseName=schema, TableName=table["Name"]
            )
            former = [version["Table"] for page in pages for version in page["TableVersions"]]
            for one in (table, *former):
                if location := one.get("StorageDescriptor", {}).get("Location"):
                    yield location.rstrip("/") + "/"


def folders(s3: "S3Client", bucket: str, prefix: str, depth: int) -> Iterator[str]:
    """The prefixes so many levels below."""
    if depth == 0:
        yield prefix
        return
    pages = s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=prefix, Delimiter="/"):
        for one in page.get("CommonPrefixes", []):
            yield from folders(s3, bucket, one["Prefix"], depth - 1)


def unnamed(s3: "S3Client", glue: "GlueClient", bucket: str, schema: str) -> Iterator[Folder]:
    """The folders that nothing names.

    The folders are listed first: what is created meanwhile is not among them.
    """
    listed = list(folders(s3, bucket, f"{schema}/", 2))
    locations = set(named(glue, schema))
    for prefix in listed:
        here = f"s3://{bucket}/{prefix}"
        if any(one.startswith(here) or here.startswith(one) for one in locations):
            continue
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        objects = [item for page in pages for item in page.get("Contents", [])]
        if objects:
            yield Folder(
                prefix,
                tuple(item["Key"] for item in objects),
                sum(item["Size"] for item in objects),
                max(item["LastModified"] for item in objects),
            )


def remove(s3: "S3Client", bucket: str, folder: Folder) -> None:
    """Delete the objects.

    Raises:
        click.ClickException: S3 refused some; they are found again next time.
    """
    for start in range(0, len(folder.keys), AT_ONCE):
        keys = folder.keys[start : start + AT_ONCE]
        answer = s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )
        if errors := answer.get("Errors"):
            raise click.ClickException(f"{folder.prefix}: {errors[0].get('Message', '')}")


def sweep(
    s3: "S3Client", glue: "GlueClient", bucket: str, schemas: list[str], to: datetime
) -> None:
    """Report the folders that nothing names, and remove those last written before ``to``."""
    for schema in schemas:
        for folder in unnamed(s3, glue, bucket, schema):
            if folder.written_at < to:
                remove(s3, bucket, folder)
                click.echo(f"Removed {folder}: no table names it")
            else:
                click.echo(f"Left {folder}: no table names it, and a run may still write there")


def schemas_of(manifest: Path) -> list[str]:
    """The schemas that dbt writes tables to."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    kinds = {"table", "incremental", "snapshot", "seed"}
    return sorted({node["schema"] for node in nodes if node["config"].get("materialized") in kinds})


@click.command(help=__doc__)
def main() -> None:
    manifest = Path(os.environ.get("DBT_TARGET_PATH") or "target") / "manifest.json"
    try:
        bucket = os.environ["ATHENA_S3_DATA_DIR"].removeprefix("s3://").partition("/")[0]
        schemas = schemas_of(manifest)
    except KeyError as error:
        raise click.ClickException(f"{error.args[0]} is not set") from error
    except FileNotFoundError as error:
        raise click.ClickException(f"{manifest} is missing: run dbt first") from error
    sweep(boto3.client("s3"), boto3.client("glue"), bucket, schemas, datetime.now(UTC) - WEEK)


if __name__ == "__main__":
    main()
