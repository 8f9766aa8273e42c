"""The script that asks a real account runs, and finds here what the rehearsal assumes of AWS."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .production import Production

SCRIPT = (sys.executable, "scripts/first_hour.py")
MOTOS_OWN = {"a second build at once": "started"}  # moto keeps no limit of builds


def ask(production: Production) -> tuple[int, dict[str, str], set[str]]:
    """The exit code, the answers by question, and the questions that differ."""
    process = production.start(*SCRIPT)
    printed, _ = process.communicate()
    rows = re.findall(r"^\| (.*?) \| .*? \| (.*?) \| (.*?) ?\|$", printed, re.MULTILINE)[1:]
    answers = {question: answer for question, answer, _ in rows}
    assert len(answers) == 11, printed
    return process.returncode, answers, {question for question, _, mark in rows if mark}


def test_every_answer_is_the_assumed_one(production: Production) -> None:
    code, answers, differing = ask(production)
    assert {question: answers[question] for question in differing} == MOTOS_OWN
    assert code == 1
    databases = production.cloud.client("glue").get_databases()["DatabaseList"]
    assert not [one["Name"] for one in databases if "first_hour" in one["Name"]]
    bucket = production.environment["ATHENA_S3_DATA_DIR"].removeprefix("s3://").partition("/")[0]
    listed = production.cloud.client("s3").list_objects_v2(Bucket=bucket)
    assert not [one["Key"] for one in listed.get("Contents", []) if "first_hour" in one["Key"]]


def test_an_assumption_that_is_wrong_is_said(production: Production) -> None:
    production.cloud.faults.fail_query("vacuum", times=1)
    _, answers, differing = ask(production)
    assert differing == {"VACUUM with two names", *MOTOS_OWN}
    assert answers["VACUUM with two names"].startswith("failed: ")
