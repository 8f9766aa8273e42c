"""The command line: how fast it asks for what, exit codes, and one-line errors."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from extract import cli, errors
from tests.support import faults
from tests.support.faults import Fault
from tests.support.loader_runs import COUNT, OFFSETS, PROJECT, Runs, works
from tests.support.stand_in import StandIn

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = ["subjects", "resume", "files", "dump", "prune", "loads"]


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_helps_with_an_example(command: str) -> None:
    result = CliRunner().invoke(cli.cli, [command, "--help"])
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\n +\.venv/bin/python -m extract {command}", result.output)
    assert "\\b" not in result.output, "a list has lost its line breaks"


def test_help_names_the_commands_the_environment_and_each_exit_code() -> None:
    result = CliRunner().invoke(cli.cli, ["--help"], terminal_width=100)
    assert result.exit_code == 0
    for word in (*COMMANDS, "RAW_ROOT", "OPEN_LIBRARY_URL", "OPEN_LIBRARY_CONTACT"):
        assert re.search(rf"^ +{word}  +\S", result.output, re.MULTILINE), "each on its own line"
    assert "\\b" not in result.output
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    raised = {kind.exit_code for kind in kinds if issubclass(kind, errors.ExtractError)}
    assert raised == {1, 2, 3, 4, 5, 6, 7, 8, 9, 130}
    documented = result.output.split("Exit codes:")[1]
    assert "dumps" in result.output.splitlines()[2]
    for words in ("3 the API or the archive gave", "6 a subject, file or dump shrank"):
        assert words in documented
    assert all(re.search(rf"\b{code} [a-z]", documented) for code in raised | {0})


# --- what is asked --------------------------------------------------------------------------------


def test_it_asks_no_faster_than_its_rate_and_says_who_asks(loader: Runs) -> None:
    loader.api.catalogue["love"] = works(4_900)
    loader.api.latency = 0.15
    assert loader.run("subjects", "love", "--rate", "20").code == 0
    loader.assert_whole()
    came = sorted(request.time for request in loader.api.requests)
    assert len(came) == 12  # two counts and ten pages
    for start in came:
        # 20 a second: at most eleven in half a second, and two for the clock
        assert sum(start <= moment < start + 0.5 for moment in came) <= 13
    assert came[-1] - came[0] >= 11 / 20 * 0.9
    agents = {request.headers["User-Agent"] for request in loader.api.requests}
    assert agents == {"book_analytics/0.1.0 (reader@example.org)"}


def test_without_an_option_it_asks_as_open_library_permits(loader: Runs) -> None:
    loader.api.catalogue["love"] = works(10)
    for contact, seconds in (("", 2.0), ("https://example.org/me", 2 / 3)):
        asked = len(loader.api.requests)
        loader.env["OPEN_LIBRARY_CONTACT"] = contact
        result = CliRunner().invoke(cli.cli, ["subjects", "love"], env=loader.env)
        assert result.exit_code == 0
        came = sorted(request.time for request in loader.api.requests[asked:])
        assert len(came) == 3
        assert came[2] - came[0] >= seconds * 0.95
    assert came[2] - came[0] < 2, "and with a contact faster than without"
    assert loader.api.requests[0].headers["User-Agent"] == "book_analytics/0.1.0"


def test_an_api_below_a_path_that_wants_a_contact(tmp_path: Path) -> None:
    with StandIn({"love": works()}, prefix="mirror/of", contact_required=True) as api:
        loader = Runs(api, tmp_path / "raw")
        assert loader.run("subjects", "love").code == 0
        loader.assert_whole()
        loader.env["OPEN_LIBRARY_CONTACT"] = ""
        assert loader.run("subjects", "love", "--retries", "0").code == 3


def test_loads_from_another_api_are_not_resumed(loader: Runs, tmp_path: Path) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    with StandIn({"love": works(10)}) as other:
        elsewhere = Runs(other, loader.root)
        assert elsewhere.run("resume").code == 0
        assert other.requests == []
        assert elsewhere.run("subjects", "love").code == 0
        elsewhere.assert_whole()


def test_without_names_it_loads_the_tracked_subjects(
    loader: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = tmp_path / "tracked.csv"
    seed.write_text("subject,description\nlove,\nScience Fiction,\n")
    monkeypatch.setattr(cli, "SEED", seed)
    loader.api.catalogue["science_fiction"] = works(5)
    assert loader.run("subjects").code == 0
    loader.assert_whole("love")
    assert loader.assert_whole("science_fiction").record["subject_given"] == "Science Fiction"


def test_a_name_given_twice_is_loaded_once(loader: Runs) -> None:
    assert loader.run("subjects", "love", "Love", "LOVE ").code == 0
    assert len(loader.records("loads")) == 1


# --- several subjects -----------------------------------------------------------------------------


def test_a_subject_that_fails_does_not_stop_the_others(loader: Runs) -> None:
    loader.api.catalogue["space"] = works(20)
    loader.api.catalogue["war"] = works(30)
    loader.api.faults = [Fault(faults.html_200, faults.subject("love"))]
    outcome = loader.run("subjects", "love", "nosuch", "space", "war", "--retries", "0")
    assert outcome.code == 4, "the first failure's"
    assert [line["subject"] for line in outcome.events("load_failed")] == ["love", "nosuch"]
    assert outcome.log[-1]["event"] == "subjects_failed", "the last line sums up"
    assert outcome.log[-1]["failed"] == ["love", "nosuch"]
    assert outcome.log[-1]["loaded"] == ["space", "war"]
    loader.assert_whole("space")
    loader.assert_whole("war")
    assert loader.landed("love") is None

    loader.api.faults.clear()
    asked = len(loader.api.requests)
    assert loader.run("resume").code == 0
    assert {request.slug for request in loader.asked_since(asked)} == {"love"}
    loader.assert_whole("love")

    asked = len(loader.api.requests)
    outcome = loader.run("resume")
    assert outcome.code == 0
    assert [line["event"] for line in outcome.log] == ["nothing_to_resume"]
    assert loader.asked_since(asked) == []


def test_what_an_error_advises_runs_as_it_is_typed(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    (failed,) = loader.run("subjects", "love", "--retries", "0").events("load_failed")
    loader.api.faults.clear()
    (advised,) = re.findall(r"`(.+?)`", failed["error"])
    environment = {**loader.env, "PATH": "/usr/bin:/bin"}
    subprocess.run(["/bin/sh", "-c", advised], cwd=PROJECT, env=environment, check=True)
    loader.assert_whole()


def test_a_rerun_resumes_a_load_that_failed(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.middle)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    loader.api.faults.clear()
    asked = len(loader.api.requests)
    outcome = loader.run("subjects", "love")
    assert outcome.code == 0
    assert outcome.events("load_resumed")
    assert loader.missing_since(asked) == [OFFSETS[2]]
    loader.assert_whole()


def test_resume_after_a_change_of_the_subject_lands_it_as_it_is_now(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    loader.api.faults.clear()
    loader.api.catalogue.insert_near("love", 10)
    loader.api.catalogue.delete_at("love", 2000)
    loader.api.catalogue.delete_at("love", 2001)
    assert loader.run("resume").code == 0
    loader.assert_whole()


def test_loads_lists_what_became_of_each(loader: Runs) -> None:
    header = loader.run("loads")
    assert header.code == 0
    assert re.split(r"  +", header.out.splitlines()[0]) == [
        "started at",
        "status",
        "works",
        "promised",
        "given up",
        "load",
        "of",
    ]
    assert len(header.out.splitlines()) == 1

    assert loader.run("subjects", "love").code == 0
    assert loader.run("subjects", "love", "--limit", "10").code == 0
    assert loader.run("subjects", "no such").code == 7
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    listed = loader.run("loads")
    assert listed.code == 0
    rows = [re.split(r"  +", line) for line in listed.out.splitlines()[1:]]
    assert [row[1] for row in rows] == [
        "failed: SourceUnavailable",
        "failed: UnknownSubject",
        "partial",
        "complete",
    ]
    assert rows[2][2:4] == ["10", f"{COUNT:,}"]
    assert rows[3][2:4] == [f"{COUNT:,}"] * 2
    assert [row[-1] for row in rows] == ["'love'", "'no_such'", "'love'", "'love'"]
    assert [row[-3] for row in rows] == ["1", "0", "0", "0"]
    assert loader.run("resume", "--retries", "0").code == 3
    assert newest_load(loader)[-3] == "1", "the same page again"

    loader.api.faults.clear()
    assert loader.run("resume").code == 0
    assert newest_load(loader)[1::3] == ["complete", "0"], "nothing is lacking any more"


def newest_load(loader: Runs) -> list[str]:
    """The cells of the first line of the list."""
    return re.split(r"  +", loader.run("loads").out.splitlines()[1])


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-16"])
def test_an_output_of_any_encoding_ends_no_command(loader: Runs, encoding: str) -> None:
    loader.api.catalogue["文学_é"] = works(3)
    loader.env["PYTHONIOENCODING"] = encoding
    for command in (("subjects", "文学 é", "沒有"), ("loads",), ("resume",), ("--help",)):
        process = subprocess.run(
            [sys.executable, "-m", "extract", *command],
            cwd=PROJECT,
            env=os.environ | loader.env,
            capture_output=True,
            check=False,
        )
        assert process.returncode == (7 if command[0] == "subjects" else 0), process.stderr
        assert b"defect" not in process.stderr
        if command[0] == "subjects":
            lines = process.stderr.decode(encoding).splitlines()
            assert {json.loads(line).get("subject") for line in lines} >= {"文学_é", "沒有"}


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_output_ends_no_command(loader: Runs, closed: str) -> None:
    command = f"{sys.executable} -m extract loads {closed}>&-"
    environment = os.environ | loader.env
    subprocess.run(["/bin/sh", "-c", command], cwd=PROJECT, env=environment, check=True)


def test_a_reader_of_the_list_may_stop_reading(loader: Runs) -> None:
    assert loader.run("subjects", "love", "--limit", "10").code == 0
    process = loader.start("loads")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 0


# --- what cannot be used --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("subjects", "///"), "contains no letter or digit"),
        (("subjects", "love", "--from", "none.json"), "none.json"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    loader: Runs, options: tuple[str, ...], message: str
) -> None:
    outcome = loader.run(*options)
    assert outcome.code == 2
    assert outcome.complaint.startswith("extract: error: ")
    assert message in outcome.complaint
    assert loader.api.requests == []
    assert not loader.root.exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--rate", "nan"),
        ("--rate", "inf"),
        ("--rate", "-1"),
        ("--timeout", "0"),
        ("--timeout", "inf"),
        ("--backoff", "nan"),
        ("--max-drift", "nan"),
        ("--max-drift", "1.1"),
        ("--retries", "-1"),
        ("--limit", "0"),
        ("--from",),
        ("--unknown",),
    ],
    ids=" ".join,
)
def test_an_option_that_cannot_be_used_is_refused(loader: Runs, options: tuple[str, ...]) -> None:
    outcome = loader.run("subjects", "love", *options)
    assert outcome.code == 2
    assert "Error: " in outcome.err
    assert "Traceback" not in outcome.err
    assert loader.api.requests == []


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("OPEN_LIBRARY_URL", "http://openlibrary.org", "use https"),
        ("OPEN_LIBRARY_URL", "https://reader:hush@openlibrary.org", "password"),
        ("OPEN_LIBRARY_CONTACT", "me", "not an email address or URL"),
        ("RAW_ROOT", "gs://bucket", "local folder or s3://"),
    ],
)
def test_an_environment_that_cannot_be_used_is_one_line(
    loader: Runs, name: str, value: str, message: str
) -> None:
    loader.env[name] = value
    outcome = loader.run("subjects", "love")
    assert outcome.code == 2
    assert message in outcome.complaint
    assert "hush" not in outcome.err


@pytest.mark.parametrize(
    "proxy", ["http://me:hu#sh@host", "http://me:hu/sh@host", "http://me hu:sh@host:99999"]
)
def test_an_invalid_proxy_url_is_reported_without_its_password(loader: Runs, proxy: str) -> None:
    usual = loader.env
    loader.env = usual | {"http_proxy": proxy, "no_proxy": "", "NO_PROXY": ""}
    outcome = loader.run("subjects", "love")
    assert outcome.code == 2
    (failed,) = outcome.events("load_failed")
    assert "HTTPS_PROXY" in failed["error"]
    assert "run the command again" in failed["error"]
    assert "hu" not in outcome.err
    assert not [event for event in loader.records("load_events") if "hu" in event.get("error", "")]

    loader.env = usual
    assert loader.run("subjects", "love").code == 0
    loader.assert_whole()


@pytest.mark.parametrize("rate", ["0", "3.01", "1000"])
def test_the_public_site_is_never_asked_faster_than_it_permits(loader: Runs, rate: str) -> None:
    loader.env["OPEN_LIBRARY_URL"] = ""
    outcome = loader.run("subjects", "love", "--rate", rate)
    assert outcome.code == 2
    assert "permits 3 request/s" in outcome.complaint


def test_a_defect_is_one_line_and_a_traceback_on_demand(
    loader: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setattr("extract.subjects.loader.SubjectLoader.load", broken)
    outcome = loader.run("subjects", "love")
    assert outcome.code == 1
    assert "ZeroDivisionError: one (a defect in the loader" in outcome.complaint
    result = CliRunner().invoke(cli.cli, ["subjects", "love", "--verbose"], env=loader.env)
    assert result.exit_code == 1
    assert "Traceback (most recent call last)" in result.output


def test_an_error_is_raised_with_its_traceback_on_demand(loader: Runs) -> None:
    result = CliRunner().invoke(cli.cli, ["subjects", "//", "--verbose"], env=loader.env)
    assert result.exit_code == errors.InvalidInput.exit_code
    assert "Traceback (most recent call last)" in result.output


def test_an_interrupt_in_this_process_is_exit_code_130(
    loader: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("extract.subjects.snapshot.Snapshot.take", interrupted)
    outcome = loader.run("subjects", "love")
    assert outcome.code == 130
    assert ".venv/bin/python -m extract resume" in outcome.complaint
    assert {event["event"] for event in loader.records("load_events")} == {"started", "interrupted"}


def test_a_run_leaves_no_thread_behind(loader: Runs) -> None:
    assert loader.run("subjects", "love").code == 0
    workers = [t for t in threading.enumerate() if t.name.startswith("ThreadPoolExecutor")]
    for worker in workers:
        worker.join(10)
        assert not worker.is_alive()


def test_it_runs_as_a_module(loader: Runs) -> None:
    outcome = loader.finish(loader.start("subjects", "love", "no such"))
    assert outcome.code == 7
    assert outcome.out == ""
    assert [line["event"] for line in outcome.log] == [
        "load_started",
        "load_committed",
        "load_started",
        "load_failed",
        "subjects_failed",
    ]
    loader.assert_whole()
