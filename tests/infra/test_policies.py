"""Who may do what, asked of the policies as Terraform would make them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.project import ROOT

from .policies import Policy, is_allowed

if TYPE_CHECKING:
    from .conftest import Plan

pytestmark = pytest.mark.xdist_group("terraform")  # one plan

ACCOUNT = "123456789012"
RAW = f"arn:aws:s3:::book-analytics-{ACCOUNT}-us-east-1-raw"
TABLES = f"arn:aws:s3:::book-analytics-{ACCOUNT}-us-east-1-tables"
RESULTS = f"arn:aws:s3:::book-analytics-{ACCOUNT}-us-east-1-results"
PACKAGES = f"arn:aws:s3:::book-analytics-{ACCOUNT}-us-east-1-packages"
GLUE = f"arn:aws:glue:us-east-1:{ACCOUNT}"
WORKGROUP = f"arn:aws:athena:us-east-1:{ACCOUNT}:workgroup/book-analytics"
CATALOG = f"arn:aws:athena:us-east-1:{ACCOUNT}:datacatalog/AwsDataCatalog"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/codebuild/book-analytics"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:book-analytics-loads.fifo"

# What each has; the buckets' policies hold for all of them.
HELD = {
    "loader": ["aws_iam_role_policy.loader"],
    "build": ["aws_iam_role_policy.build", "aws_iam_policy.dbt"],
    "scheduler": ["aws_iam_role_policy.scheduler"],
    "analysts": ["aws_iam_policy.analysts"],
    "lander": ["aws_iam_policy.landing"],
    "dump": ['aws_iam_role_policy.dump["dump"]'],
    "prune": ['aws_iam_role_policy.dump["prune"]'],
}
USES = ("raw", "tables", "results", "packages")
BUCKETS = [f'aws_s3_bucket_policy.this["{use}"]' for use in USES]


class Request(NamedTuple):
    who: str
    action: str
    resource: str
    keys: tuple[tuple[str, str], ...] = ()

    def passes(self, policies: dict[str, Policy]) -> bool:
        held = [policies[address] for address in (*HELD[self.who], *BUCKETS)]
        context = {"aws:SecureTransport": "true"}
        if self.action == "s3:PutObject":
            context["s3:ObjectCreationOperation"] = "true"
        return is_allowed(held, self.action, self.resource, context | dict(self.keys))


NEW = (("s3:if-none-match", "*"),)
PART = (("s3:ObjectCreationOperation", "false"),)
PLAIN = (("aws:SecureTransport", "false"),)


def below(prefix: str) -> tuple[tuple[str, str], ...]:
    return (("s3:prefix", prefix),)


ALLOWED = [
    Request("loader", "s3:PutObject", f"{RAW}/subject_works/load_date=2026-11-21/a.jsonl.gz", NEW),
    Request("loader", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", NEW),
    Request("loader", "s3:PutObject", f"{RAW}/dead_letters/load_date=2026-11-21/a.jsonl", NEW),
    Request("loader", "s3:GetObject", f"{RAW}/load_events/load_date=2026-11-21/a.jsonl"),
    Request("loader", "s3:GetObject", f"{RAW}/subject_works/load_date=2026-11-21/a.jsonl.gz"),
    Request("loader", "s3:ListBucket", RAW, below("loads/")),
    Request("loader", "s3:ListBucket", RAW, below("subject_works/load_date=2026-11-21/")),
    Request("loader", "sqs:DeleteMessage", QUEUE),
    Request("loader", "sqs:GetQueueUrl", QUEUE),
    Request("loader", "sqs:ChangeMessageVisibility", QUEUE),
    Request("build", "s3:GetObject", f"{RAW}/subject_works/load_date=2026-11-21/a.jsonl.gz"),
    Request("build", "s3:ListBucket", RAW, below("loads/")),
    Request("build", "s3:ListBucketMultipartUploads", TABLES),
    Request("build", "s3:ListBucket", RESULTS, below("build/")),
    Request("build", "s3:GetBucketLocation", RESULTS),
    Request("build", "s3:PutObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet"),
    Request("build", "s3:DeleteObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet"),
    Request("build", "s3:PutObject", f"{RESULTS}/build/a.csv"),
    Request("build", "s3:GetObject", f"{PACKAGES}/dbt.zip"),
    Request("build", "s3:GetObject", f"{PACKAGES}/wheels.zip"),
    Request("build", "s3:GetBucketLocation", PACKAGES),
    Request("build", "glue:GetTable", f"{GLUE}:table/book_analytics_raw/loads"),
    Request("build", "glue:GetDatabases", f"{GLUE}:catalog"),
    Request("build", "glue:UpdateTable", f"{GLUE}:table/book_analytics/books"),
    Request("build", "glue:UpdateTable", f"{GLUE}:catalog"),
    Request("build", "glue:CreateTable", f"{GLUE}:table/book_analytics_staging/stg"),
    Request("build", "glue:DeleteTable", f"{GLUE}:database/book_analytics_intermediate"),
    Request("build", "glue:CreateDatabase", f"{GLUE}:database/default"),
    Request("build", "athena:StartQueryExecution", f"{WORKGROUP}-build"),
    Request("scheduler", "sqs:SendMessage", QUEUE),
    Request(
        "scheduler",
        "codebuild:StartBuild",
        f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/book-analytics-build",
    ),
    Request("analysts", "athena:StartQueryExecution", f"{WORKGROUP}-analysts"),
    Request("analysts", "s3:GetObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet"),
    Request("analysts", "s3:ListBucket", TABLES, below("book_analytics/books/")),
    Request("analysts", "glue:GetTable", f"{GLUE}:table/book_analytics/books"),
    Request("analysts", "glue:GetTable", f"{GLUE}:database/book_analytics"),
    Request("analysts", "glue:GetTable", f"{GLUE}:catalog"),
    Request("analysts", "glue:GetDatabases", f"{GLUE}:catalog"),
    Request("analysts", "glue:GetDatabase", f"{GLUE}:database/default"),
    Request("analysts", "athena:ListWorkGroups", "*"),
    Request("analysts", "athena:ListTableMetadata", CATALOG),
    Request("analysts", "s3:PutObject", f"{RESULTS}/analysts/a.csv"),
    Request("analysts", "s3:GetObject", f"{RESULTS}/analysts/a.csv"),
    Request("lander", "s3:PutObject", f"{RAW}/subject_works/load_date=2026-11-21/a.jsonl.gz", NEW),
    Request("lander", "s3:PutObject", f"{RAW}/movies/load_date=2026-11-21/a.jsonl.gz", NEW),
    Request("lander", "s3:PutObject", f"{RAW}/vendor_reviews/load_date=2026-11-21/a.jsonl.gz", NEW),
    Request("lander", "s3:PutObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz", NEW),
    Request("lander", "s3:ListBucket", RAW, below("dump_works/load_date=2026-11-21/")),
    Request("lander", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", NEW),
    Request("lander", "s3:GetObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("lander", "s3:ListBucket", RAW, below("loads/")),
    Request("dump", "s3:PutObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz", NEW),
    Request("dump", "s3:PutObject", f"{RAW}/dump_reading_log/load_date=2026-11-21/a.txt.gz", NEW),
    Request("dump", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", NEW),
    Request("dump", "s3:PutObject", f"{RAW}/load_events/load_date=2026-11-21/a.jsonl", NEW),
    Request("dump", "s3:GetObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz"),
    Request("dump", "s3:GetObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("dump", "s3:ListBucket", RAW, below("loads/")),
    Request("dump", "s3:ListBucket", RAW, below("dump_works/load_date=2026-11-21/")),
    Request("dump", "s3:GetObject", f"{PACKAGES}/wheels.zip"),
    Request("dump", "s3:GetBucketLocation", PACKAGES),
    Request("dump", "logs:PutLogEvents", f"{LOGS}-dump:log-stream:a"),
    Request("prune", "s3:DeleteObject", f"{RAW}/dump_editions/load_date=2026-11-21/a.txt.gz"),
    Request("prune", "s3:GetObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("prune", "s3:GetObject", f"{RAW}/load_events/load_date=2026-11-21/a.jsonl"),
    Request("prune", "s3:GetObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz"),
    Request("prune", "s3:ListBucket", RAW, below("loads/")),
    Request("prune", "s3:ListBucket", RAW, below("dump_editions/load_date=2026-11-21/")),
    Request("prune", "s3:GetObject", f"{PACKAGES}/dbt.zip"),
    Request("prune", "logs:PutLogEvents", f"{LOGS}-prune:log-stream:a"),
    *(
        Request(
            "scheduler",
            "codebuild:StartBuild",
            f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/book-analytics-{project}",
        )
        for project in ("dump", "prune")
    ),
]

DENIED = [
    # the loader adds to the raw zone: nothing goes, nothing is replaced, nothing else is touched
    Request("loader", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("loader", "s3:DeleteObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("loader", "s3:DeleteObjectVersion", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("loader", "s3:PutObject", f"{RAW}/elsewhere/a.jsonl", NEW),
    Request("loader", "s3:PutObject", f"{RAW}/movies/load_date=2026-11-21/a.jsonl.gz", NEW),
    Request("loader", "s3:GetObject", f"{RAW}/users/load_date=2026-11-21/a.jsonl.gz"),
    Request("loader", "s3:ListBucket", RAW, below("streams/")),
    Request("loader", "s3:GetObject", f"{RAW}/elsewhere/a.jsonl"),
    Request("loader", "s3:ListBucket", RAW, below("")),
    Request("loader", "s3:ListBucket", RAW, below("elsewhere/")),
    Request("loader", "s3:PutBucketPolicy", RAW),
    Request("loader", "s3:GetObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet"),
    Request("loader", "s3:PutObject", f"{PACKAGES}/loader.zip"),
    Request("loader", "sqs:SendMessage", QUEUE),
    Request("loader", "glue:GetTable", f"{GLUE}:table/book_analytics_raw/loads"),
    Request("loader", "athena:StartQueryExecution", f"{WORKGROUP}-build"),
    Request("loader", "s3:GetObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", PLAIN),
    Request("loader", "s3:PutObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz", NEW),
    Request("loader", "s3:GetObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz"),
    Request("loader", "s3:ListBucket", RAW, below("dump_works/")),
    # what lands dumps adds them, and what prunes removes their parts and nothing else
    Request("dump", "s3:PutObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz"),
    Request("dump", "s3:DeleteObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz"),
    Request("dump", "s3:PutObject", f"{RAW}/subject_works/load_date=2026-11-21/a.jsonl.gz", NEW),
    Request("dump", "s3:GetObject", f"{RAW}/users/load_date=2026-11-21/a.jsonl.gz"),
    Request("dump", "s3:PutObject", f"{RAW}/dump_works.txt.gz", NEW),
    Request("dump", "s3:ListBucket", RAW, below("")),
    Request("dump", "s3:ListBucket", RAW, below("users/")),
    Request("dump", "s3:GetObject", f"{PACKAGES}/loader.zip"),
    Request("dump", "s3:PutObject", f"{PACKAGES}/dbt.zip"),
    Request("dump", "sqs:SendMessage", QUEUE),
    Request("dump", "logs:PutLogEvents", f"{LOGS}-build:log-stream:a"),
    Request("dump", "athena:StartQueryExecution", f"{WORKGROUP}-build"),
    Request("dump", "s3:GetObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", PLAIN),
    Request("prune", "s3:DeleteObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("prune", "s3:DeleteObject", f"{RAW}/subject_works/load_date=2026-11-21/a.jsonl.gz"),
    Request("prune", "s3:DeleteObject", f"{RAW}/streams/load_date=2026-11-21/a.jsonl.gz"),
    Request("prune", "s3:DeleteObjectVersion", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz"),
    Request("prune", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", NEW),
    Request("prune", "s3:GetObject", f"{RAW}/users/load_date=2026-11-21/a.jsonl.gz"),
    Request("prune", "s3:ListBucket", RAW, below("")),
    Request("prune", "s3:PutObject", f"{PACKAGES}/dbt.zip"),
    Request("prune", "s3:DeleteObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet"),
    # dbt reads the raw zone
    Request("build", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", NEW),
    Request("build", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", PART),
    Request("build", "s3:DeleteObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("build", "s3:AbortMultipartUpload", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("build", "s3:ListBucketMultipartUploads", RAW),
    Request("build", "s3:PutLifecycleConfiguration", RAW),
    Request("build", "s3:DeleteBucket", RAW),
    Request("build", "glue:UpdateTable", f"{GLUE}:table/book_analytics_raw/loads"),
    Request("build", "glue:CreateTable", f"{GLUE}:database/book_analytics_raw"),
    Request("build", "glue:DeleteDatabase", f"{GLUE}:database/book_analytics_raw"),
    Request("build", "glue:DeleteDatabase", f"{GLUE}:database/book_analytics"),
    Request("build", "glue:CreateDatabase", f"{GLUE}:database/another"),
    Request("build", "glue:GetTable", f"{GLUE}:table/another/table"),
    Request("build", "glue:UpdateTable", f"{GLUE}:table/another/table"),
    Request("build", "s3:PutObject", f"{RESULTS}/analysts/a.csv"),
    Request("build", "s3:ListBucket", RESULTS, below("analysts/")),
    Request("build", "s3:ListBucket", RESULTS, below("")),
    Request("build", "s3:PutObject", f"{PACKAGES}/dbt.zip"),
    Request("build", "s3:GetObject", f"{PACKAGES}/loader.zip"),
    Request("build", "athena:StartQueryExecution", f"{WORKGROUP}-analysts"),
    Request("build", "s3:GetObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet", PLAIN),
    # who lands by hand does no more than the loader
    Request("lander", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("lander", "s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl", (*NEW, *PLAIN)),
    Request("lander", "s3:DeleteObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl"),
    Request("lander", "s3:DeleteObject", f"{RAW}/dump_works/load_date=2026-11-21/a.txt.gz"),
    Request("lander", "s3:DeleteObjectVersion", f"{RAW}/movies/load_date=2026-11-21/a.jsonl.gz"),
    Request("lander", "s3:PutObject", f"{RAW}/elsewhere/a.jsonl", NEW),
    Request("lander", "s3:GetObject", f"{RAW}/elsewhere/a.jsonl"),
    Request("lander", "s3:ListBucket", RAW, below("")),
    Request("lander", "s3:PutBucketPolicy", RAW),
    Request("lander", "s3:GetObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet"),
    Request("lander", "sqs:SendMessage", QUEUE),
    Request("lander", "athena:StartQueryExecution", f"{WORKGROUP}-analysts"),
    # the scheduler starts things
    Request("scheduler", "sqs:ReceiveMessage", QUEUE),
    Request("scheduler", "sqs:SendMessage", QUEUE.replace("loads", "failed-loads")),
    Request(
        "scheduler",
        "codebuild:StartBuild",
        f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/another",
    ),
    # analysts read the marts
    Request("analysts", "s3:GetObject", f"{TABLES}/book_analytics_staging/a/uuid/data/a.parquet"),
    Request("analysts", "s3:GetObject", f"{TABLES}/book_analytics_intermediate/a/uuid/data/a"),
    Request("analysts", "s3:GetObject", f"{RAW}/subject_works/load_date=2026-11-21/a.jsonl.gz"),
    Request("analysts", "s3:PutObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet"),
    Request("analysts", "s3:DeleteObject", f"{TABLES}/book_analytics/books/uuid/data/a.parquet"),
    Request("analysts", "s3:ListBucket", TABLES, below("")),
    Request("analysts", "s3:ListBucket", TABLES, below("book_analytics_staging/")),
    Request("analysts", "s3:ListBucket", RESULTS, below("build/")),
    Request("analysts", "s3:GetObject", f"{RESULTS}/build/a.csv"),
    Request("analysts", "s3:DeleteObject", f"{RESULTS}/analysts/a.csv"),
    Request("analysts", "glue:GetTable", f"{GLUE}:table/book_analytics_staging/a"),
    Request("analysts", "glue:GetTable", f"{GLUE}:table/book_analytics_raw/loads"),
    Request("analysts", "glue:GetTable", f"{GLUE}:database/book_analytics_raw"),
    Request("analysts", "glue:UpdateTable", f"{GLUE}:table/book_analytics/books"),
    Request("analysts", "athena:StartQueryExecution", f"{WORKGROUP}-build"),
    Request("analysts", "s3:GetObject", f"{RESULTS}/analysts/a.csv", PLAIN),
]

EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="session")
def policies(plan: Plan) -> dict[str, Policy]:
    addresses = [*BUCKETS, *(address for held in HELD.values() for address in held)]
    return {address: plan.policy(address) for address in addresses}


def test_each_may_do_its_work(policies: dict[str, Policy]) -> None:
    assert [request for request in ALLOWED if not request.passes(policies)] == []


def test_none_may_do_more(policies: dict[str, Policy]) -> None:
    assert [request for request in DENIED if request.passes(policies)] == []


def test_no_other_right_lets_dbt_change_the_raw_zone(policies: dict[str, Policy]) -> None:
    administrator = policies | {"aws_iam_role_policy.build": EVERYTHING}
    about_raw = [r for r in DENIED if r.who == "build" and "raw" in r.resource]
    assert about_raw
    assert [request for request in about_raw if request.passes(administrator)] == []


def test_nobody_overwrites_in_the_raw_zone(policies: dict[str, Policy]) -> None:
    administrator = [EVERYTHING, policies[BUCKETS[0]]]
    put = ("s3:PutObject", f"{RAW}/loads/load_date=2026-11-21/a.jsonl")
    complete = {"aws:SecureTransport": "true", "s3:ObjectCreationOperation": "true"}
    assert not is_allowed(administrator, *put, complete)
    assert is_allowed(administrator, *put, complete | dict(NEW))
    assert is_allowed(administrator, *put, complete | dict(PART))


# A slip of each kind that one makes in such a policy: where, what is written, what is meant to be.
MISTAKES = [
    ("aws_iam_role_policy.loader", "s3:PutObject", "s3:*"),
    ("aws_iam_role_policy.loader", "s3:GetObject", "s3:Delete*"),
    ("aws_iam_role_policy.loader", "-raw/loads/*", "-raw/*"),
    ("aws_iam_role_policy.loader", '"loads/*"', '"*"'),
    ("aws_iam_role_policy.loader", "s3:prefix", "s3:delimiter"),
    ("aws_iam_role_policy.loader", "-raw/subject_works/*", "-raw/movies/*"),
    ("aws_iam_role_policy.loader", "sqs:ReceiveMessage", "sqs:SendMessage"),
    ("aws_iam_role_policy.build", "dbt.zip", "*.zip"),
    ("aws_iam_role_policy.scheduler", "sqs:SendMessage", "sqs:*"),
    ("aws_iam_role_policy.scheduler", "project/book-analytics-build", "project/*"),
    ('aws_iam_role_policy.dump["dump"]', "s3:PutObject", "s3:*Object"),
    ('aws_iam_role_policy.dump["dump"]', "-raw/dump_*/*", "-raw/dump_*"),
    ('aws_iam_role_policy.dump["dump"]', "-raw/loads/*", "-raw/*"),
    ('aws_iam_role_policy.dump["dump"]', '"dump_*/*"', '"*"'),
    ('aws_iam_role_policy.dump["dump"]', "dbt.zip", "*.zip"),
    ('aws_iam_role_policy.dump["prune"]', "s3:DeleteObject", "s3:Delete*"),
    ('aws_iam_role_policy.dump["prune"]', "-raw/dump_*/*", "-raw/*/*"),
    ('aws_iam_role_policy.dump["prune"]', "s3:GetObject", "s3:*Object"),
    ("aws_iam_policy.dbt", '"Deny"', '"Allow"'),
    ("aws_iam_policy.dbt", "book_analytics_raw", "book_analytics"),
    ("aws_iam_policy.dbt", "table/book_analytics_staging/*", "table/*"),
    ("aws_iam_policy.dbt", "-results/build/*", "-results/*"),
    ("aws_iam_policy.dbt", '"build/*"', '"*"'),
    ("aws_iam_policy.dbt", "workgroup/book-analytics-build", "workgroup/*"),
    ("aws_iam_policy.dbt", "glue:DeleteTable", "glue:Delete*"),
    ("aws_iam_policy.dbt", "database/default", "database/*"),
    ("aws_iam_policy.analysts", "-tables/book_analytics/*", "-tables/book_analytics*"),
    ("aws_iam_policy.analysts", '"book_analytics/*"', '"book_analytics*"'),
    ("aws_iam_policy.analysts", "table/book_analytics/*", "table/book_analytics*"),
    ("aws_iam_policy.analysts", "database/book_analytics", "database/*"),
    ("aws_iam_policy.analysts", "glue:GetTable", "glue:*Table"),
    ("aws_iam_policy.analysts", "-results/analysts/*", "-results/*"),
    ("aws_iam_policy.analysts", "analysts/*", "*"),
    ("aws_iam_policy.analysts", "workgroup/book-analytics-analysts", "workgroup/*"),
    ("aws_iam_policy.analysts", "s3:PutObject", "s3:*"),
    ("aws_iam_policy.landing", "s3:PutObject", "s3:*"),
    ("aws_iam_policy.landing", "s3:GetObject", "s3:Delete*"),
    ("aws_iam_policy.landing", "-raw/movies/*", "-raw/*"),
    ("aws_iam_policy.landing", "-raw/movies/*", "-raw/none/*"),
    ("aws_iam_policy.landing", '"loads/*"', '"*"'),
    ("aws_iam_policy.landing", "s3:prefix", "s3:delimiter"),
    (BUCKETS[0], "s3:if-none-match", "s3:if-match"),
    (BUCKETS[0], "s3:ObjectCreationOperation", "s3:object-lock-mode"),
    (BUCKETS[0], '"aws:SecureTransport":"false"', '"aws:SecureTransport":"never"'),
    (BUCKETS[1], '"Deny"', '"Allow"'),
]


@pytest.mark.parametrize(("where", "written", "instead"), MISTAKES)
def test_a_mistake_is_found(
    policies: dict[str, Policy], where: str, written: str, instead: str
) -> None:
    text = json.dumps(policies[where], separators=(",", ":"))
    assert written in text
    mistaken = policies | {where: json.loads(text.replace(written, instead))}
    found = [r for r in ALLOWED if not r.passes(mistaken)] + [
        r for r in DENIED if r.passes(mistaken)
    ]
    assert found


def unknown_to_aws(policies: dict[str, Policy]) -> list[str]:
    python = ROOT / ".venv/checkov/bin/python"
    assert python.exists(), "the reference is not installed: run make .venv/.checkov"
    done = subprocess.run(
        [python, Path(__file__).with_name("iam_reference.py")],
        input=json.dumps(policies),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_actions_exist_and_concern_the_resources_of_their_statement(plan: Plan) -> None:
    policies = {
        f"{address} {name}": json.loads(values[name])
        for address, values in plan.resources.items()
        for name in ("policy", "assume_role_policy")
        if values.get(name)
    }
    assert {address.split()[0] for address in policies} > set(BUCKETS)
    assert unknown_to_aws(policies) == []


@pytest.mark.needs_terraform  # no more than checkov, but `make check` installs neither
def test_an_action_that_does_not_exist_or_fit_is_found() -> None:
    bucket, objects = "arn:aws:s3:::raw", "arn:aws:s3:::raw/*"
    statements = {
        "none": ("s3:GetObjects", objects),
        "pattern": ("s3:Nothing*", objects),
        "service": ("s4:GetObject", objects),
        "everything": ("s3:ListAllMyBuckets", bucket),
        "bucket": ("s3:GetObject", bucket),
        "objects": (["s3:GetObject", "s3:ListBucket"], objects),
        "resource": ("s3:GetObject", [objects, QUEUE]),
        "sound": (["s3:GetObject", "s3:listBucket"], [bucket, objects]),
    }
    policies: dict[str, Policy] = {
        name: {"Statement": {"Effect": "Allow", "Action": action, "Resource": resource}}
        for name, (action, resource) in statements.items()
    }
    policies["not"] = {"Statement": {"Effect": "Deny", "NotAction": "s3:GetObjects"}}
    assert unknown_to_aws(policies) == [
        "none: there is no action s3:GetObjects",
        "pattern: there is no action s3:Nothing*",
        "service: there is no action s4:GetObject",
        f"everything: s3:ListAllMyBuckets does not concern {bucket}",
        f"everything: no action of the statement concerns {bucket}",
        f"bucket: s3:GetObject does not concern {bucket}",
        f"bucket: no action of the statement concerns {bucket}",
        f"objects: s3:ListBucket does not concern {objects}",
        f"resource: no action of the statement concerns {QUEUE}",
        "not: there is no action s3:GetObjects",
    ]
