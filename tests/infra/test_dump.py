"""What CodeBuild runs for the dumps: it asks for the right one, may do its work, and is heard."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import yaml  # type: ignore[import-untyped]
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from click.testing import CliRunner

from extract.cli import cli
from extract.errors import NotPublished, RawZoneError
from tests.support.dump_files import dump_lines, write_dump

from .policies import Policy, is_allowed

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    from .conftest import Plan

pytestmark = pytest.mark.xdist_group("terraform")  # one plan

# Of the programs of the command, one writes down its arguments and exits as it is told, and one
# tells the day that it is told.
PYTHON = """#!/bin/sh
echo "$*" > asked
exit $CODE
"""
DATE = """#!/bin/sh
[ "$1" = --date ] || set -- --date "$TODAY" "$@"
exec /bin/date --utc "$@"
"""

Run = Callable[..., tuple[bool, str]]


@pytest.fixture
def run(plan: Plan, tmp_path: Path) -> Run:
    """Run what CodeBuild runs; give whether it succeeds and what the loader was asked for."""
    project = plan.resources['aws_codebuild_project.dump["dump"]']
    (command,) = yaml.safe_load(project["source"][0]["buildspec"])["phases"]["build"]["commands"]
    for name, program in ((".venv/bin/python", PYTHON), ("bin/date", DATE)):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(program)
        file.chmod(0o755)

    def run(today: str, code: int = 0, **variables: str) -> tuple[bool, str]:
        environment = {"PATH": f"{tmp_path / 'bin'}:/bin:/usr/bin", "TODAY": today}
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=tmp_path,
            env=environment | {"CODE": str(code)} | variables,
            check=False,
        )
        return done.returncode == 0, (tmp_path / "asked").read_text().strip()

    return run


@pytest.mark.parametrize(
    ("today", "month_end"),
    [
        ("2026-10-04", "2026-09-30"),
        ("2026-10-25", "2026-09-30"),
        ("2027-01-04", "2026-12-31"),
        ("2027-03-08", "2027-02-28"),
        ("2028-03-09", "2028-02-29"),
        ("2026-10-31", "2026-09-30"),
    ],
)
def test_it_asks_for_the_last_day_of_the_month_before(run: Run, today: str, month_end: str) -> None:
    assert run(today) == (True, f"-m extract dump {month_end}")


def test_who_starts_it_may_say_which_and_how(run: Run) -> None:
    asked = "2026-08-31 --allow-shrink"
    assert run("2026-10-04", DUMP=asked) == (True, f"-m extract dump {asked}")


@pytest.mark.parametrize("today", ["2026-10-04", "2026-10-08", "2026-10-09", "2026-10-19"])
def test_a_dump_that_is_not_there_yet_is_no_failure(run: Run, today: str) -> None:
    assert run(today, NotPublished.exit_code)[0]


@pytest.mark.parametrize("today", ["2026-10-20", "2026-10-25"])
def test_a_dump_that_is_overdue_is_one(run: Run, today: str) -> None:
    assert not run(today, NotPublished.exit_code)[0]


def test_one_that_somebody_asks_for_must_be_there(run: Run) -> None:
    assert not run("2026-10-04", NotPublished.exit_code, DUMP="2026-09-29")[0]
    assert run("2026-10-04", NotPublished.exit_code, DUMP="")[0]


@pytest.mark.parametrize("code", [1, 2, 3, 4, 6, 8, 130])
def test_any_other_failure_is_one_on_any_day(run: Run, code: int) -> None:
    assert not run("2026-10-04", code)[0]


RAW = "book-analytics-123456789012-us-east-1-raw"
ACTIONS = {
    "PutObject": "s3:PutObject",
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "ListObjectsV2": "s3:ListBucket",
    "DeleteObject": "s3:DeleteObject",
}
As = Callable[..., int]


@pytest.fixture
def loader_as(plan: Plan, aws: S3Client, monkeypatch: pytest.MonkeyPatch) -> As:
    """Run the loader on the raw zone with the rights of a project's role; give its exit code."""
    aws.create_bucket(Bucket=RAW)
    monkeypatch.setenv("RAW_ROOT", f"s3://{RAW}")
    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    held: list[Policy] = []

    def call_if_allowed(self: BaseClient, operation: str, params: dict[str, str]) -> object:
        context = {"aws:SecureTransport": "true", "s3:prefix": params.get("Prefix", "")}
        if operation == "PutObject":
            context["s3:ObjectCreationOperation"] = "true"
        if "IfNoneMatch" in params:
            context["s3:if-none-match"] = params["IfNoneMatch"]
        resource = "/".join(filter(None, (f"arn:aws:s3:::{RAW}", params.get("Key"))))
        if held and not is_allowed(held, ACTIONS[operation], resource, context):
            raise ClientError({"Error": {"Code": "AccessDenied"}}, operation)
        return call(self, operation, params)

    def run(project: str, *arguments: str) -> int:
        addresses = (f'aws_iam_role_policy.dump["{project}"]', 'aws_s3_bucket_policy.this["raw"]')
        held[:] = map(plan.policy, addresses)
        code = CliRunner().invoke(cli, arguments).exit_code
        held.clear()
        return code

    monkeypatch.setattr(BaseClient, "_make_api_call", call_if_allowed)
    return run


def test_each_project_may_do_its_work_and_not_the_others(
    loader_as: As, aws: S3Client, tmp_path: Path
) -> None:
    def parts() -> list[str]:
        listed = aws.list_objects_v2(Bucket=RAW, Prefix="dump_")
        return [found["Key"] for found in listed.get("Contents", [])]

    for date in ("2026-08-31", "2026-09-30", "2026-10-31"):
        write_dump(tmp_path, date, dump_lines(2))
        assert loader_as("dump", "dump", date, "--from", str(tmp_path)) == 0
    landed = parts()
    # again, and as if the parts of a killed load were there
    assert loader_as("dump", "dump", date, "--from", str(tmp_path)) == 0
    records = aws.list_objects_v2(Bucket=RAW, Prefix="loads/")["Contents"]
    aws.delete_object(Bucket=RAW, Key=max(record["Key"] for record in records))
    assert loader_as("dump", "dump", date, "--from", str(tmp_path)) == 0
    assert parts() == landed

    write_dump(tmp_path, "2026-11-30", dump_lines(2))
    assert loader_as("dump", "prune") == RawZoneError.exit_code
    assert (
        loader_as("prune", "dump", "2026-11-30", "--from", str(tmp_path)) == RawZoneError.exit_code
    )
    assert parts() == landed
    assert loader_as("prune", "prune", "--keep", "2") == 0
    assert 3 * len(parts()) == 2 * len(landed)
