"""Step 4: the loader as Lambda runs it: the message of the schedule, through the queue."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from benchmarks import synthetic
from benchmarks.stand_in import StandIn

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


def test_the_schedules_message_is_loaded(
    deployed: tuple[Terraform, Production], tmp_path: Path
) -> None:
    terraform, production = deployed
    cloud = production.cloud
    told = terraform.run("environments/example", "show", "-json")
    (module,) = json.loads(told)["values"]["root_module"]["child_modules"]
    made = {one["address"].split(".", 2)[2]: one["values"] for one in module["resources"]}
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
    production.dbt("run", "--select", "+books")
    assert production.rows("books", "count(*)") == [(str(WORKS),)]


def received(sqs: object, url: str) -> dict[str, object]:
    """The record that an event source mapping makes of a message."""
    (message,) = sqs.receive_message(  # type: ignore[attr-defined]
        QueueUrl=url, AttributeNames=["All"], VisibilityTimeout=0
    )["Messages"]
    return {
        "messageId": message["MessageId"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "eventSource": "aws:sqs",
    }
