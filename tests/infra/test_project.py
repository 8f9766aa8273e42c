"""What Terraform would make fits dbt and the loader, and Terraform's own checks pass."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml  # type: ignore[import-untyped]

from extract.raw_zone import DATASET

from .conftest import ROOT

if TYPE_CHECKING:
    from .conftest import Plan, Terraform

RUNBOOK = (ROOT / "docs" / "runbooks" / "deploy.md").read_text()


def test_the_raw_tables_are_dbts_sources(plan: Plan) -> None:
    files = (ROOT / "models" / "staging").glob("*/_*sources.yml")
    sources = [source for file in files for source in yaml.safe_load(file.read_text())["sources"]]
    names = {table["name"] for source in sources for table in source["tables"]}
    tables = plan.of("aws_glue_catalog_table")
    assert {table["name"] for table in tables.values()} == names
    assert DATASET in names
    for table in tables.values():
        (storage,) = table["storage_descriptor"]
        where = f"s3://book-analytics-123456789012-raw/{table['name']}"
        assert storage["location"] == where
        template = table["parameters"]["storage.location.template"]
        assert template == f"{where}/load_date=${{load_date}}"
        assert [(c["name"], c["type"]) for c in storage["columns"]] == [("line", "string")]
        (serde,) = storage["ser_de_info"]
        assert serde["parameters"] == {"field.delim": "\x01"}


def test_a_raw_table_that_is_missing_is_found(plan: Plan) -> None:
    fewer = dict(plan.resources)
    del fewer['aws_glue_catalog_table.raw["dead_letters"]']
    with pytest.raises(AssertionError):
        test_the_raw_tables_are_dbts_sources(replace(plan, resources=fewer))


def test_every_schema_that_dbt_fills_is_a_database(plan: Plan) -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    text = json.dumps([project.get(kind, {}) for kind in ("models", "seeds", "snapshots")])
    layers = [part.split('"')[0] for part in text.split('"+schema": "')[1:]]
    assert len(layers) >= 3
    names = {database["name"] for database in plan.of("aws_glue_catalog_database").values()}
    assert names == {
        "book_analytics",
        "book_analytics_raw",
        *(f"book_analytics_{layer}" for layer in layers),
    }


def test_every_tracked_subject_is_loaded_by_a_message_of_its_own(plan: Plan) -> None:
    with (ROOT / "seeds" / "tracked_subjects.csv").open(newline="") as file:
        tracked = [row["subject"] for row in csv.DictReader(file)]
    schedules = plan.of("aws_scheduler_schedule")
    targets = [s["target"][0] for address, s in schedules.items() if address.startswith("load[")]
    assert sorted(target["input"] for target in targets) == sorted(
        json.dumps({"subjects": [subject]}, separators=(",", ":")) for subject in tracked
    )
    groups = {target["sqs_parameters"][0]["message_group_id"] for target in targets}
    assert groups == {"loads"}  # one: no two loads at once


def test_the_environment_is_what_the_profile_reads(plan: Plan) -> None:
    profile = (ROOT / "profiles" / "profiles.yml").read_text().split("prod:")[1]
    read = {part.split("'")[0] for part in profile.split("env_var('")[1:]}
    lines = plan.outputs["dbt_environment"].splitlines()
    given = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    assert given.keys() == read | {"RAW_ROOT", "RAW_SCHEMA"}
    (build,) = plan.of("aws_codebuild_project").values()
    variables = build["environment"][0]["environment_variable"]
    # AWS gives the region by itself
    assert {v["name"]: v["value"] for v in variables} | {"AWS_REGION": "us-east-1"} == given


@pytest.mark.parametrize("folder", ["environments/example", "modules/book_analytics"])
def test_terraform_finds_nothing_to_mend(terraform: Terraform, folder: str) -> None:
    terraform.run(folder, "fmt", "-check", "-recursive")
    terraform.init(folder)
    terraform.run(folder, "validate")


def test_the_modules_own_tests_pass(terraform: Terraform) -> None:
    folder = "modules/book_analytics"
    terraform.init(folder)
    assert re.search(r"[1-9]\d* passed, 0 failed", terraform.run(folder, "test"))


def test_the_runbook_names_what_there_is(plan: Plan) -> None:
    variables = (ROOT / "infra" / "environments" / "example" / "variables.tf").read_text()
    used = re.findall(r"-var (\w+)=", RUNBOOK) + re.findall(r"^   (\w+) += ", RUNBOOK, re.MULTILINE)
    assert {"force_destroy", "open_library_contact"} <= set(used)
    assert set(used) <= set(re.findall(r'^variable "(\w+)"', variables, re.MULTILINE))
    outputs = (ROOT / "infra" / "modules" / "book_analytics" / "outputs.tf").read_text()
    for output, key in re.findall(r"(?:jq -r |`)\.(\w+)\.(\w+)[)`]", RUNBOOK):
        (body,) = re.findall(rf'output "{output}" {{\n(.*?)\n}}', outputs, re.DOTALL)
        assert key in body or "local.bucket" in body, f"{output}.{key}"
    alarms = {alarm["alarm_name"] for alarm in plan.of("aws_cloudwatch_metric_alarm").values()}
    told = re.findall(r"^\| `([a-z-]+)` \|", RUNBOOK, re.MULTILINE)
    assert {f"book-analytics-{name}" for name in told} == alarms


def test_the_runbooks_costs_add_up() -> None:
    rows = re.findall(r"^\|(.+)\|((?: \**\$[\d.]+\** \|){3})$", RUNBOOK, re.MULTILINE)
    costs = [[float(cost) for cost in re.findall(r"\$([\d.]+)", cells)] for _, cells in rows]
    *parts, total = costs
    assert len(parts) >= 5
    assert [round(sum(column), 2) for column in zip(*parts, strict=True)] == total
