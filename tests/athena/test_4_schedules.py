"""Step 4: what the schedules start: the loader as Lambda runs it, dbt as CodeBuild runs it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]

from benchmarks import synthetic
from benchmarks.stand_in import StandIn

from .production import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.conftest import Terraform

    from .production import Production

WORKS = 2_500

# What Lambda's own runtime does: it calls the handler that the function names with the event.
CALL = """
import importlib, json, sys
module, _, name = sys.argv[1].rpartition(".")

class Context:
    def get_remaining_time_in_millis(self):
        return 60_000

getattr(importlib.import_module(module), name)(json.load(sys.stdin), Context())
"""


@pytest.fixture(scope="module")
def made(deployed: tuple[Terraform, Production]) -> dict[str, dict[str, Any]]:
    """What Terraform made, by address."""
    terraform, _ = deployed
    told = json.loads(terraform.run(EXAMPLE, "show", "-json"))
    (module,) = told["values"]["root_module"]["child_modules"]
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
            env=cloud.env | environment | {"OPEN_LIBRARY_URL": api.url, "NO_PROXY": "*"},
            input=json.dumps(event),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    committed = json.loads(done.stderr.strip().splitlines()[-1])
    assert (committed["event"], committed["works"]) == ("load_committed", WORKS)


def test_the_schedules_builds_run_from_their_package(
    deployed: tuple[Terraform, Production], made: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    terraform, production = deployed
    with zipfile.ZipFile(terraform.project / "build" / "dbt.zip") as package:
        package.extractall(tmp_path)
    # what the install phase would make of the package's requirements.txt, which is the project's
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (project,) = made["aws_codebuild_project.build"]["environment"]
    environment = {one["name"]: one["value"] for one in project["environment_variable"]}
    for run in ("build", "maintain"):
        (target,) = made[f'aws_scheduler_schedule.run["{run}"]']["target"]
        told = json.loads(target["input"])
        assert told["ProjectName"] == made["aws_codebuild_project.build"]["name"]
        for command in yaml.safe_load(told["BuildspecOverride"])["phases"]["build"]["commands"]:
            subprocess.run(
                shlex.split(command),
                cwd=tmp_path,
                env=production.cloud.env | environment | {"PATH": os.environ["PATH"]},
                check=True,
            )
        assert production.rows("books", "count(*)") == [(str(WORKS),)]


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
