"""Production day by day: schedules load and build it, and so does a person at a keyboard.

The schedules start the loader as Lambda runs it, and dbt as CodeBuild runs it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]

from benchmarks.bench import Row
from tests.support import synthetic
from tests.support.project import ROOT
from tests.support.stand_in import StandIn

from .conftest import DBT_KEY, LOADER_KEY
from .production import EXAMPLE, statuses_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.terraform import Terraform

    from .production import Production
    from .service import Execution

MARTS = ("authors", "author_books", "books", "books_per_author_per_year", "books_per_year")
WORKS = 2_500
FEWER = 1_500
GREEN = {"success", "pass", "no-op"}  # an exposure is no-op
PAST_LOADS = 100
HISTORY_BOUND = 1.2  # bytes that a build scans after them against without
MINIMUM = 10_000_000  # bytes: Athena bills no query less
PRICE = 5e-12  # US dollars a byte

# What Lambda's own runtime does: it calls the handler that the function names with the event.
CALL = """
import importlib, json, sys
module, _, name = sys.argv[1].rpartition(".")

class Context:
    def get_remaining_time_in_millis(self):
        return 60_000

getattr(importlib.import_module(module), name)(json.load(sys.stdin), Context())
"""


@dataclass
class Build:
    """What a build did: how each of its nodes ended, by unique id, and its statements."""

    nodes: dict[str, str] = field(default_factory=dict)
    statements: list[Execution] = field(default_factory=list)


@pytest.fixture(scope="module")
def first_build() -> Build:
    """The first build, for those after it: it is filled when it has run."""
    return Build()


@pytest.fixture(scope="module")
def made(deployed: tuple[Terraform, Production]) -> dict[str, dict[str, Any]]:
    """What Terraform made, by address."""
    terraform, _ = deployed
    state = json.loads(terraform.run(EXAMPLE, "show", "-json"))
    (module,) = state["values"]["root_module"]["child_modules"]
    return {one["address"].split(".", 2)[2]: one["values"] for one in module["resources"]}


def test_the_schedules_message_is_loaded(
    deployed: tuple[Terraform, Production], made: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    terraform, production = deployed
    cloud = production.cloud
    function = made["aws_lambda_function.loader"]
    queue = made["aws_sqs_queue.loads"]
    target = made['aws_scheduler_schedule.load["love"]']["target"][0]
    assert target["arn"] == queue["arn"]
    cloud.forget_calls()

    # moto would invoke the function in a container; here the message is for this test.
    mapping = made["aws_lambda_event_source_mapping.loads"]
    assert mapping["event_source_arn"] == queue["arn"]
    assert mapping["function_name"] == function["arn"]
    cloud.client("lambda").update_event_source_mapping(UUID=mapping["uuid"], Enabled=False)

    sqs = cloud.client("sqs")
    group = target["sqs_parameters"][0]["message_group_id"]
    sqs.send_message(QueueUrl=queue["id"], MessageBody=target["input"], MessageGroupId=group)
    event = {"Records": [received(sqs, queue["id"])]}

    # Our code as it was packed; what it needs is packed for Lambda's Python, so it comes from here.
    with zipfile.ZipFile(terraform.project / "build" / "loader.zip") as package:
        package.extractall(
            tmp_path, [name for name in package.namelist() if name.startswith("extract/")]
        )
    environment = function["environment"][0]["variables"]
    with StandIn({"love": list(synthetic.works(WORKS, seed=1))}) as api:
        done = subprocess.run(
            [sys.executable, "-c", CALL, function["handler"]],
            cwd=tmp_path,
            env=cloud.env
            | environment
            | {"OPEN_LIBRARY_URL": api.url, "NO_PROXY": "*", "AWS_ACCESS_KEY_ID": LOADER_KEY},
            input=json.dumps(event),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    committed = json.loads(done.stderr.strip().splitlines()[-1])
    assert (committed["event"], committed["works"]) == ("load_committed", WORKS)


def test_the_schedules_builds_run_from_their_package(
    deployed: tuple[Terraform, Production],
    made: dict[str, dict[str, Any]],
    first_build: Build,
    tmp_path: Path,
) -> None:
    terraform, production = deployed
    with zipfile.ZipFile(terraform.project / "build" / "dbt.zip") as package:
        package.extractall(tmp_path)
    # what the install phase would make of the package's requirements.txt, which is the project's
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (project,) = made["aws_codebuild_project.build"]["environment"]
    environment = {one["name"]: one["value"] for one in project["environment_variable"]}
    commands: list[list[str]] = []
    for run in ("build", "maintain"):
        (target,) = made[f'aws_scheduler_schedule.run["{run}"]']["target"]
        message = json.loads(target["input"])
        assert message["ProjectName"] == made["aws_codebuild_project.build"]["name"]
        commands.append(yaml.safe_load(message["BuildspecOverride"])["phases"]["build"]["commands"])
    build, maintain = commands
    assert maintain[: len(build)] == build  # which runs once here
    for command in maintain:
        before = len(sent_by_dbt(production))
        subprocess.run(
            shlex.split(command),
            cwd=tmp_path,
            env=production.cloud.env
            | environment
            | {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": DBT_KEY},
            check=True,
        )
        if command in build:
            first_build.statements += sent_by_dbt(production)[before:]
        if " build " in command:
            first_build.nodes = statuses_of(tmp_path / "target")
    assert production.rows("books", "count(*)") == [(str(WORKS),)]
    # no file was ever landed here, so the raw zone of streaming has not a single object
    assert production.rows("streams", "count(*)") == [("0",)]


def test_loads_of_the_past_are_neither_built_nor_read(
    production: Production, first_build: Build, figures: list[Row], tmp_path: Path
) -> None:
    marts = {mart: production.rows(mart) for mart in MARTS}
    for number in range(PAST_LOADS):
        synthetic.land(tmp_path, "love", WORKS, number=number)
    production.land(tmp_path)

    # What the first build left out; not again the many tests that ask one table of dbt's, and no
    # unit tests, which test_macros.py runs.
    before = len(sent_by_dbt(production))
    built_from = (
        "test_type:generic,path:models/intermediate",
        "test_type:generic,path:models/marts",
    )
    production.called_by(DBT_KEY).dbt(
        *("--warn-error", "build", "--exclude", *built_from, "test_type:unit")
    )
    nodes = first_build.nodes | production.statuses()
    production.called_by(DBT_KEY).dbt("source", "freshness")
    again = sent_by_dbt(production)[before:]
    green = [name for name, status in nodes.items() if status in GREEN]
    others = len(nodes) - len(green)
    figures.append(Row("nodes not green on Athena", others, 0, "", f"{len(green)} green"))
    assert others == 0

    assert {mart: production.rows(mart) for mart in MARTS} == marts
    built = {one.node_id for one in again} & {one.node_id for one in first_build.statements}
    first, last = (
        sum(one.bytes_scanned for one in each if one.node_id in built)
        for each in (first_build.statements, again)
    )
    what = f"bytes scanned by a build, after {PAST_LOADS} past loads against none"
    details = f"{last:,} of {first:,} bytes"
    figures.append(Row(what, last / first, HISTORY_BOUND, "x", details))
    assert figures[-1].is_met

    # a run's hook asks nothing of a new schema
    hooks = [one for one in again if one.node_id.startswith("operation.")]
    left_out = [one for one in first_build.statements if one.node_id not in built]
    the_runbook_knows_what_it_costs(
        [*left_out, *hooks, *(one for one in again if one.node_id in built)], figures
    )


def test_a_newer_load_replaces_the_older_one(production: Production) -> None:
    with StandIn({"love": list(synthetic.works(FEWER, seed=1))}) as api:
        asks = {"OPEN_LIBRARY_URL": api.url, "NO_PROXY": "*", "AWS_ACCESS_KEY_ID": LOADER_KEY}
        production.extract("subjects", "love", "--rate", "0", "--allow-shrink", environment=asks)
        production.extract("resume", "--rate", "0", environment=asks)
    production.called_by(DBT_KEY).dbt("run", "--select", "+books")
    assert production.rows("books", "count(*)") == [(str(FEWER),)]


def test_the_tables_are_documented(production: Production) -> None:
    production.dbt("docs", "generate")
    catalog = json.loads((production.target / "catalog.json").read_text())
    assert {node["metadata"]["name"] for node in catalog["nodes"].values()} >= set(MARTS)


def sent_by_dbt(production: Production) -> list[Execution]:
    """The queries of the days so far, without those of the background work."""
    return [one for one in production.cloud.statements if one.access_key == DBT_KEY]


def the_runbook_knows_what_it_costs(statements: list[Execution], figures: list[Row]) -> None:
    billed = [one for one in statements if one.statement.type == "DML"]
    text = (ROOT / "docs/runbooks/deploy.md").read_text(encoding="utf-8")
    documented = re.search(r"^- statements per build: (\d+)", text, re.MULTILINE)
    assert documented
    price = sum(max(MINIMUM, one.bytes_scanned) for one in billed) * PRICE
    details = f"{price:.4f} US dollars at the least"
    figures.append(
        Row("statements billed in a build", len(billed), int(documented[1]), "", details)
    )
    assert len(billed) == int(documented[1])


def received(sqs: Any, url: str) -> dict[str, object]:  # noqa: ANN401
    """The record that an event source mapping makes of a message."""
    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], VisibilityTimeout=0)[
        "Messages"
    ]
    return {
        "messageId": message["MessageId"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "eventSource": "aws:sqs",
    }
