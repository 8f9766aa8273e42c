"""What Terraform would make fits dbt and the loader, and Terraform's own checks pass."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml  # type: ignore[import-untyped]

from extract.subjects.landing import DATASET
from tests.support.project import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.terraform import Terraform

    from .conftest import Plan

pytestmark = pytest.mark.xdist_group("terraform")  # one plan

MODULE = ROOT / "infra" / "modules" / "book_analytics"
EXAMPLE = ROOT / "infra" / "environments" / "example"
RUNBOOK = (ROOT / "docs" / "runbooks" / "deploy.md").read_text()


def test_the_raw_tables_are_dbts_sources(plan: Plan) -> None:
    files = (ROOT / "models" / "staging").glob("*/_*sources.yml")
    sources = [source for file in files for source in yaml.safe_load(file.read_text())["sources"]]
    names = {table["name"] for source in sources for table in source["tables"]}
    tables = plan.of("aws_glue_catalog_table")
    assert {table["name"] for table in tables.values()} == names
    assert DATASET in names
    # what policies and the lifecycle rule call a dump
    assert {name for name in names if name.startswith("dump_")} == {
        table["name"]
        for source in sources
        if source["name"] == "open_library_dump"
        for table in source["tables"]
    }
    for table in tables.values():
        (storage,) = table["storage_descriptor"]
        where = f"s3://book-analytics-123456789012-us-east-1-raw/{table['name']}/"
        assert storage["location"] == where
        template = table["parameters"]["storage.location.template"]
        assert template == f"{where}load_date=${{load_date}}/"
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
    regions = dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), "us-east-1")  # boto3's is another
    assert given.keys() == read | {"RAW_ROOT", "RAW_SCHEMA"} | regions.keys()
    build = plan.resources["aws_codebuild_project.build"]
    variables = build["environment"][0]["environment_variable"]
    # AWS gives the region by itself
    assert {v["name"]: v["value"] for v in variables} | regions == given


@pytest.mark.parametrize("folder", ["environments/example", "modules/book_analytics"])
def test_terraform_finds_nothing_to_fix(terraform: Terraform, folder: str) -> None:
    terraform.run(folder, "fmt", "-check", "-recursive")
    terraform.init(folder)
    terraform.run(folder, "validate")


def test_the_modules_own_tests_pass(terraform: Terraform) -> None:
    folder = "modules/book_analytics"
    terraform.init(folder)
    assert re.search(r"[1-9]\d* passed, 0 failed", terraform.run(folder, "test"))


def test_the_runbook_names_what_there_is(plan: Plan) -> None:
    variables = (EXAMPLE / "variables.tf").read_text()
    used = re.findall(r"-var (\w+)=", RUNBOOK) + re.findall(r"^   (\w+) += ", RUNBOOK, re.MULTILINE)
    assert {"force_destroy", "open_library_contact"} <= set(used)
    assert set(used) <= set(re.findall(r'^variable "(\w+)"', variables, re.MULTILINE))
    outputs = (MODULE / "outputs.tf").read_text()
    for output, key in re.findall(r"(?:jq -r |`)\.(\w+)\.(\w+)(?:\.\w+)?[)`]", RUNBOOK):
        (body,) = re.findall(rf'output "{output}" {{\n(.*?)\n}}', outputs, re.DOTALL)
        assert key in body or "local.bucket" in body, f"{output}.{key}"
    alarms = {alarm["alarm_name"] for alarm in plan.of("aws_cloudwatch_metric_alarm").values()}
    documented = re.findall(r"^\| `([a-z-]+)` \|", RUNBOOK, re.MULTILINE)
    assert {f"book-analytics-{name}" for name in documented} == alarms


def blocks(file: Path, kind: str) -> dict[str, str]:
    """The bodies of a file's variables or outputs, by name."""
    found = re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', file.read_text(), re.MULTILINE | re.DOTALL)
    return dict(found)


def test_the_modules_readme_lists_its_variables_and_outputs() -> None:
    readme = (MODULE / "README.md").read_text()
    variables = blocks(MODULE / "variables.tf", "variable")
    optional = {
        name for name, body in variables.items() if re.search("^  default +=", body, re.MULTILINE)
    }
    (row,) = re.findall(r"^\| required.*\n.*\n\| (.*) \| (.*) \|$", readme, re.MULTILINE)
    listed = [re.findall(r"`(\w+)`", cell) for cell in row]
    assert [sorted(names) for names in listed] == [
        sorted(variables.keys() - optional),
        sorted(optional),
    ]
    assert {"open_library_contact", "project_root"} <= variables.keys() - optional
    (paragraph,) = re.findall(r"^## Outputs\n\n(.*?):\n", readme, re.MULTILINE)
    outputs = blocks(MODULE / "outputs.tf", "output")
    assert re.findall(r"`(\w+)`", paragraph) == list(outputs)


def test_the_example_settings_are_the_examples_variables() -> None:
    variables = blocks(EXAMPLE / "variables.tf", "variable")
    required = {
        name
        for name, body in variables.items()
        if not re.search("^  default +=", body, re.MULTILINE)
    }
    example = (EXAMPLE / "terraform.tfvars.example").read_text()
    assert required <= set(re.findall(r"^(\w+) += ", example, re.MULTILINE))
    assert set(re.findall(r"^(?:# )?(\w+) += ", example, re.MULTILINE)) <= variables.keys()


PUT_OBJECT = """#!/bin/sh
while [ "$1" != --key ]; do shift; done
case $2 in
    $LANDED) echo "An error occurred (PreconditionFailed)" >&2; exit 254 ;;
    $REFUSED) echo "An error occurred (AccessDenied)" >&2; exit 254 ;;
esac
echo "$2" >> "$LOG"
"""


@pytest.mark.parametrize(
    ("landed", "refused", "put"),
    [
        ("", "", ["movies/d/a", "subject_works/d/b", "loads/d/c"]),
        ("movies/*", "", ["subject_works/d/b", "loads/d/c"]),
        ("", "subject_works/*", ["movies/d/a"]),
    ],
)
def test_the_runbooks_backfill_lands_parts_before_what_lists_them(
    tmp_path: Path, landed: str, refused: str, put: list[str]
) -> None:
    files = ("loads/d/c", "loads/d/.c.tmp", "movies/d/a", "subject_works/d/b", ".bin/aws")
    for file in (tmp_path / name for name in files):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PUT_OBJECT)
        file.chmod(0o755)
    (commands,) = re.findall(r"^cd data/raw\n(.*?)^```", RUNBOOK, re.MULTILINE | re.DOTALL)
    path = f"{tmp_path / '.bin'}:{os.environ['PATH']}"
    environment = {"PATH": path, "BUCKET": "b", "LANDED": landed, "REFUSED": refused}
    environment["LOG"] = str(tmp_path / ".log")
    subprocess.run(["/bin/sh", "-c", commands], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / ".log").read_text().splitlines() == put


DAYS, SUNDAYS = 30, 30 / 7  # of a month
SCANNED, LEAST = 5e-12, 10e6  # Athena: US dollars a byte, bytes billed of a statement
PUT, GET, MOVE = 5e-6, 4e-7, 2e-5  # S3: US dollars a request
STORED, COLD = 0.023, 0.004  # S3: US dollars a GB and month


def monthly_costs(
    plan: Plan, figures: dict[str, float], subjects: float, works: float, minutes: float
) -> dict[str, float]:
    """What the runbook's arithmetic gives, by the names of its table's rows."""
    parts = works / 1000 + subjects
    statements, tables = figures["statements per build"], figures["tables"]
    raw_gb = works * figures["bytes per work in the raw zone"] / 1e9
    tables_bytes = works * figures["in all tables"]
    scanned = works * figures["bytes scanned per build and work"]
    loading = (parts + 3 * subjects) * PUT + 3 * parts * GET + parts * MOVE
    building = PUT * (
        statements * figures["objects written per statement"]
        + tables * figures["objects written per table"]
    ) + GET * (statements * figures["objects read per statement"])
    looking = figures["lists of each past day per build"] * PUT
    return {
        "Lambda": (works / 999 + 4 * subjects) / 3 * 0.5 * 0.0000166667 * DAYS,
        "CodeBuild": (minutes * DAYS + figures["minutes of maintenance"] * SUNDAYS) * 0.005,
        "Athena, minimum of each statement": statements * LEAST * SCANNED * DAYS,
        "Athena, bytes scanned": scanned * SCANNED * DAYS,
        "S3, loads' requests": loading * DAYS,
        "S3, builds' requests": building * DAYS,
        "S3, looking into each day, after a year": looking * 365 * DAYS,
        "S3, raw data, after a year": raw_gb * (90 * STORED + 275 * COLD),
        "S3, tables, with those replaced": tables_bytes / 1e9 * copies_of_tables(plan) * STORED,
        "CloudWatch": len(plan.of("aws_cloudwatch_metric_alarm")) * 0.10,
    }


def dump_costs(plan: Plan, figures: dict[str, float]) -> dict[str, float]:
    """What the dumps add, likewise."""
    schedule = plan.resources['aws_scheduler_schedule.run["dump"]']["schedule_expression"]
    first, last = map(int, re.findall(r" (\d+)-(\d+) ", schedule)[0])
    others = last - first + 1  # all but the one that lands, and a prune
    parts, written = figures["parts of a dump"], figures["objects written per build"]
    read, scanned = figures["objects read per build"], figures["gigabytes scanned per build"]
    tables = figures["gigabytes in all tables"]
    running = figures["minutes of a landing"] + others * figures["minutes of any other run"]
    return {
        "CodeBuild, landings": running * 0.005,
        "CodeBuild, longer builds": figures["minutes added to a build"] * 0.005 * DAYS,
        "Athena, bytes scanned of dumps": scanned * 1e9 * SCANNED * DAYS,
        "S3, dumps' requests": (parts + written * DAYS) * PUT + read * GET * DAYS,
        "S3, dumps' parts": figures["gigabytes of parts"] * 3 * STORED,
        "S3, dumps' tables, with those replaced": tables * copies_of_tables(plan) * STORED,
    }


def copies_of_tables(plan: Plan) -> int:
    """How many days' tables are stored: the current, those replaced last, and their versions."""
    rules = plan.resources['aws_s3_bucket_lifecycle_configuration.this["tables"]']["rule"]
    (old_versions,) = (
        expiration["noncurrent_days"]
        for rule in rules
        for expiration in rule["noncurrent_version_expiration"]
    )
    return 2 + int(old_versions)


def the_costs_follow(plan: Plan, runbook: str) -> None:
    documented = re.findall(
        r"(?:^- |; )([a-z ]+)(?:, installing included)?: ([\d,]+)", runbook, re.MULTILINE
    )
    figures = {name: float(number.replace(",", "")) for name, number in documented}
    (minutes,) = re.findall(r"minutes per build.*: (\d+), (\d+) and (\d+);", runbook)
    sizes = re.findall(r"([\d,]+) subjects, ([\d,]+) works \|", runbook)
    columns = [
        monthly_costs(plan, figures, float(subjects), float(works.replace(",", "")), float(minute))
        for (subjects, works), minute in zip(sizes, minutes, strict=True)
    ]
    rows = {name: [f"{column[name]:.2f}" for column in columns] for name in columns[0]}
    dumps = {name: f"{dollars:.2f}" for name, dollars in dump_costs(plan, figures).items()}
    sums = [sum(map(float, column)) for column in zip(*rows.values(), strict=True)]
    assert re.findall(r"^\|.*\$.*\|$", runbook, re.MULTILINE) == [
        *(
            f"| {name} | ${small} | ${middle} | ${large} |"
            for name, (small, middle, large) in rows.items()
        ),
        "| **a month** | " + " | ".join(f"**${total:.2f}**" for total in sums) + " |",
        *(f"| {name} | ${dollars} |" for name, dollars in dumps.items()),
        f"| **a month** | **${sum(map(float, dumps.values())):.2f}** |",
    ]
    results = r"^- ([^:]+): (?:.|\n(?!- ))*? = \$(\d+\.\d\d)\b"
    assert re.findall(results, runbook, re.MULTILINE) == [
        *((name, middle) for name, (_, middle, _) in rows.items()),
        *dumps.items(),
    ]


def test_the_runbooks_costs_follow_from_its_figures(plan: Plan) -> None:
    the_costs_follow(plan, RUNBOOK)


@pytest.mark.parametrize(
    "before",
    [
        r"statements per build: ",
        r"\| Athena, bytes scanned \| \$",
        r"\| \*\*a month\*\* \| \*\*\$",
        r"general1\.small\) = \$",
        r"minutes of a landing: ",
        r"\| S3, dumps' parts \| \$",
        r"minutes . 30 . \$0\.005 = \$",
    ],
)
def test_a_cost_that_does_not_follow_is_found(plan: Plan, before: str) -> None:
    stale, count = re.subn(f"(?<={before})", "9", RUNBOOK)
    assert count
    with pytest.raises(AssertionError):
        the_costs_follow(plan, stale)


def test_the_slides_tell_the_same_costs() -> None:
    def amounts(text: str) -> list[list[str]]:
        rows = re.findall(r"^\|.*\$.*\|$", text, re.MULTILINE)
        return [re.findall(r"\$[\d.]+", row) for row in rows]

    slides = (ROOT / "docs" / "presentation.md").read_text()
    of_subjects = [row for row in amounts(RUNBOOK) if len(row) > 1]
    *_, (of_dumps,) = amounts(RUNBOOK)
    assert amounts(slides) == of_subjects
    assert re.findall(r"monthly dumps: (\$[\d.]+) more", slides) == [of_dumps]
