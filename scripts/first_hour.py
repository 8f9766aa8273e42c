"""Ask a real AWS account what its documents do not say and no test on one machine can.

It needs the environment that Terraform outputs (docs/runbooks/deploy.md) and credentials that may
create a Glue database. It takes some minutes and costs a few cents: a database and a prefix of its
own, two builds that are stopped at once. All of it is removed again. It prints each assumption with
the answer, and exits with 1 if one is wrong.
"""

import gzip
import os
import random
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import boto3
import click
from botocore.exceptions import ClientError

TABLE_INPUT = ("Description", "TableType", "Parameters", "PartitionKeys", "StorageDescriptor")
INSTANT = "2026-11-21 08:00:00.123456"
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


class QueryFailed(Exception):
    """Athena says why."""


class Account:
    """What the questions are asked of: everything that they create has one name."""

    def __init__(self) -> None:
        self.athena = boto3.client("athena")
        self.glue = boto3.client("glue")
        self.s3 = boto3.client("s3")
        self.codebuild: Any = boto3.client("codebuild")  # without types here
        self.workgroup = os.environ["ATHENA_WORKGROUP"]
        self.results = os.environ["ATHENA_S3_STAGING_DIR"]
        self.raw = os.environ["RAW_SCHEMA"]
        self.name = f"{os.environ['ATHENA_SCHEMA']}_first_hour"
        self.bucket = os.environ["ATHENA_S3_DATA_DIR"].removeprefix("s3://").partition("/")[0]
        self.root = f"s3://{self.bucket}/{self.name}"

    def create(self) -> None:
        """Create the database, and two objects of today in the form of the raw zone."""
        self.glue.create_database(DatabaseInput={"Name": self.name})
        for name, line in (
            ("small", '{"small": true}\n'),
            ("large", f'{{"large": "{random.randbytes(100_000).hex()}"}}\n'),  # noqa: S311
        ):
            key = f"{self.name}/raw/load_date={TODAY}/{name}.jsonl.gz"
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=gzip.compress(line.encode()))

    def remove(self) -> None:
        """Remove everything, also of a run that was killed."""
        with suppress(self.glue.exceptions.EntityNotFoundException):
            self.glue.delete_database(Name=self.name)  # with its tables
        pages = self.s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=f"{self.name}/"):
            for item in page.get("Contents", []):
                self.s3.delete_object(Bucket=self.bucket, Key=item["Key"])

    def execute(self, sql: str) -> dict[str, Any]:
        """Run a statement in dbt's workgroup and give what Athena says of it."""
        started = self.athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.workgroup,
            QueryExecutionContext={"Database": self.name},
            ResultConfiguration={"OutputLocation": self.results},
        )["QueryExecutionId"]
        while True:
            said = self.athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            match said["Status"]["State"]:
                case "SUCCEEDED":
                    return dict(said)
                case "FAILED" | "CANCELLED":
                    raise QueryFailed(said["Status"].get("StateChangeReason", ""))
            time.sleep(0.5)

    def value(self, sql: str) -> str:
        """The one value of a query."""
        done = self.execute(sql)["QueryExecutionId"]
        rows = self.athena.get_query_results(QueryExecutionId=done)["ResultSet"]["Rows"]
        return str(rows[1]["Data"][0].get("VarCharValue"))


def rows_of_raw_table(end: str) -> Callable[[Account], str]:
    """The rows of a table like the raw zone's, whose projected location ends like this."""

    def ask(account: Account) -> str:
        raw = account.glue.get_table(DatabaseName=account.raw, Name="subject_works")
        table: Mapping[str, Any] = raw["Table"]
        given: Any = {key: table[key] for key in TABLE_INPUT if key in table}
        name = f"raw_{'slash' if end else 'none'}"
        given |= {"Name": name, "Parameters": dict(given["Parameters"])}
        given["Parameters"] |= {
            "projection.load_date.range": f"{TODAY},NOW",
            "storage.location.template": f"{account.root}/raw/load_date=${{load_date}}{end}",
        }
        given["StorageDescriptor"] |= {"Location": f"{account.root}/raw/"}
        account.glue.create_table(DatabaseName=account.name, TableInput=given)
        return account.value(f"select count(*) from {account.name}.{name}")  # noqa: S608

    return ask


def create_table_as(account: Account) -> str:
    said = account.execute(f"""
        create table {account.name}.facts with (
            table_type = 'iceberg', is_external = false, format = 'parquet',
            location = '{account.root}/facts/',
            partitioning = array['truncate(year, 10)', 'bucket(author, 8)']
        ) as select * from (values
            (1984, 'OL1A', timestamp '{INSTANT}'), (2001, 'OL2A', timestamp '{INSTANT}')
        ) as facts (year, author, at)
    """)  # noqa: S608
    return str(said["StatementType"])


def partition_keys(account: Account) -> str:
    table = account.glue.get_table(DatabaseName=account.name, Name="facts")["Table"]
    return "listed" if "PartitionKeys" in table else "not listed"


def instant(account: Account) -> str:
    return account.value(f"select cast(max(at) as varchar) from {account.name}.facts")  # noqa: S608


def optimize(account: Account) -> str:
    account.execute(f"optimize {account.name}.facts rewrite data using bin_pack")
    return "accepted"


def vacuum(account: Account) -> str:
    account.execute(f"vacuum {account.name}.facts")
    return "accepted"


def bytes_of_one_file(account: Account) -> str:
    small = f"{account.root}/raw/load_date={TODAY}/small.jsonl.gz"
    said = account.execute(f"""
        select line from {account.name}.raw_slash
        where load_date = '{TODAY}' and "$path" between '{small}' and '{small}'
    """)  # noqa: S608
    scanned = said["Statistics"]["DataScannedInBytes"]
    return "its own" if scanned < 10_000 else f"{scanned:,}"  # the other has 100,000 at least


def results(account: Account) -> str:
    location = account.execute("select 1")["ResultConfiguration"]["OutputLocation"]
    bucket, _, key = location.removeprefix("s3://").partition("/")
    account.s3.head_object(Bucket=bucket, Key=key)
    return str(location.removesuffix(key.rpartition("/")[2]))


def second_build(account: Account) -> str:
    started = []
    try:
        for _ in range(2):
            build = account.codebuild.start_build(projectName=account.workgroup)["build"]
            started.append(build["id"])
    except account.codebuild.exceptions.AccountLimitExceededException:
        return "refused" if started else "the first was refused: does another build run?"
    else:
        return "started"
    finally:
        for build in started:
            account.codebuild.stop_build(id=build)


Question = tuple[str, str | None, Callable[[Account], str]]


def questions(account: Account) -> list[Question]:
    """What to ask, what the project assumes (null: it makes no use of it), how to ask."""
    return [
        ("rows of a raw table, location with a final slash", "2", rows_of_raw_table("/")),
        ("the same without the slash", None, rows_of_raw_table("")),
        ("bytes read where one file is named", "its own", bytes_of_one_file),
        ("statement type of a CTAS with truncate and bucket", "DML", create_table_as),
        ("partition keys of its table in Glue", "listed", partition_keys),
        ("an instant to the microsecond", INSTANT, instant),
        ("OPTIMIZE with two names", "accepted", optimize),
        ("the instant afterwards", INSTANT, instant),
        ("VACUUM with two names", "accepted", vacuum),
        ("where results go", account.results, results),
        ("a second build at once", "refused", second_build),
    ]


@click.command(help=__doc__)
def main() -> None:
    try:
        account = Account()
    except KeyError as error:
        raise click.ClickException(
            f"{error.args[0]} is not set: see docs/runbooks/deploy.md, From your own machine"
        ) from error
    wrong = 0
    account.remove()
    click.echo("| question | assumed | answer | |\n|---|---|---|---|")
    try:
        account.create()
        for question, assumed, ask in questions(account):
            try:
                answer = ask(account)
            except (ClientError, QueryFailed) as error:
                answer = f"failed: {error}"
            differs = assumed is not None and answer != assumed
            wrong += differs
            click.echo(
                f"| {question} | {assumed or '-'} | {answer} | {'**differs**' if differs else ''} |"
            )
    finally:
        account.remove()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
