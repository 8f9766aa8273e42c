"""What an operator sees: JSON lines in a log, a progress bar on a terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from extract.dump.dumps import parse_date
from extract.dump.landing import DumpLoad
from extract.errors import SourceUnavailable
from extract.files.file_sets import file_sets
from extract.files.landing import FilesLoad
from extract.reporting import LogReporter
from extract.subjects.landing import SubjectLoad
from extract.subjects.names import parse_subject
from extract.terminal import TerminalReporter
from tests.support import faults
from tests.support.dump_files import dump_lines, write_dump
from tests.support.faults import Fault
from tests.support.loader_runs import COUNT, FAST, PROJECT, Runs, works

if TYPE_CHECKING:
    from pathlib import Path

NASTY = "love\x1b]0;owned\x07\x9b2J"


def test_a_log_is_json_lines_and_a_subject_ends_with_its_summary(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, times=1)]
    outcome = loader.run("subjects", "love")
    lines = [json.loads(line) for line in outcome.err.splitlines()]
    assert [line["event"] for line in lines] == ["load_started", "load_committed"]
    assert {line["subject"] for line in lines} == {"love"}
    assert all({"level", "timestamp"} <= line.keys() for line in lines)
    summary = lines[-1]
    assert summary["works"] == summary["promised"] == COUNT
    assert summary["is_complete"]
    assert summary["requests"] == len(loader.api.requests) == 11
    assert summary["retries"] == 1
    assert summary["load_id"] == loader.committed().record["load_id"]
    assert outcome.out == ""


def test_a_log_reports_what_was_given_up(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    outcome = loader.run("subjects", "love", "--retries", "0")
    (letter,) = outcome.events("dead_letter")
    assert (letter["offset"], letter["limit"], letter["level"]) == (2997, 1000, "warning")
    (failed,) = outcome.events("load_failed")
    assert failed["level"] == "error"
    (started,) = outcome.events("load_started")
    for line in (letter, failed):
        assert (line["subject"], line["load_id"]) == ("love", started["load_id"])


def test_a_log_of_several_loads_says_which_one_a_line_is_about(loader: Runs) -> None:
    loader.api.catalogue["space"] = works(3_000)
    loader.api.faults = [Fault(faults.different_count(1), faults.closing)]
    outcome = loader.run("subjects", "love", "no such", "space", "--retries", "1")
    started = {line["subject"]: line["load_id"] for line in outcome.events("load_started")}
    assert started.keys() == {"love", "no_such", "space"}
    of_loads = [line for line in outcome.log if line["event"] != "subjects_failed"]
    assert len(of_loads) > 6
    assert all(started[line["subject"]] == line["load_id"] for line in of_loads)
    assert "load_id" not in outcome.log[-1]


def test_a_name_cannot_break_out_of_its_log_line(loader: Runs) -> None:
    outcome = loader.run("subjects", NASTY)
    assert outcome.code == 7
    assert len(outcome.log) == len(outcome.err.splitlines()) == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", outcome.err)


def test_a_log_reports_from_time_to_time_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("extract.reporting.time.monotonic", lambda: clock[0])
    report = LogReporter()
    first = SubjectLoad.begin(parse_subject("love"), None, None)
    report.begin(first)
    report.expect(4000)
    for _ in range(4):
        clock[0] += 5
        report.advance(500)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    progress = [line for line in lines if line["event"] == "load_progress"]
    assert [(t["landed"], t["expected"]) for t in progress] == [(1000, 4000), (2000, 4000)]
    assert {t["works_per_second"] for t in progress} == {100}
    assert [t["seconds_left"] for t in progress] == [30, 20]
    assert {(t["subject"], t["load_id"]) for t in progress} == {("love", first.load_id)}

    clock[0] += 10
    report.advance(3_000)
    *_, line = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["landed"], line["seconds_left"]) == (4000, 0), "not more than all"

    second = SubjectLoad.begin(parse_subject("space"), None, None)
    report.begin(second)
    clock[0] += 10
    report.advance(500)
    *_, line = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["subject"], line["load_id"]) == ("space", second.load_id)
    assert (line["expected"], line["seconds_left"]) == (None, None), "not the first one's"


def test_a_log_of_files_reports_how_many_bytes_were_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("extract.reporting.time.monotonic", lambda: clock[0])
    report = LogReporter()
    report.begin(FilesLoad.begin(file_sets()["streaming"], None))
    report.expect(4_000)
    clock[0] += 10
    report.advance(1_000)
    begun, progress = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (begun["event"], begun["dataset"]) == ("load_started", "streaming")
    assert (progress["landed"], progress["expected"], progress["seconds_left"]) == (
        1_000,
        4_000,
        30,
    )
    assert progress["bytes_per_second"] == 100


def on_a_terminal(loader: Runs, *arguments: str, columns: int = 100) -> tuple[int, str]:
    """Run a command with a terminal of so many columns for its standard error."""
    ours, theirs = pty.openpty()
    environment = os.environ | loader.env | {"TERM": "xterm-256color", "COLUMNS": str(columns)}
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "extract", *arguments],
        cwd=PROJECT,
        env=environment,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux's way to say that nobody holds the other end
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(timeout=30), shown.decode()


def test_a_terminal_shows_a_bar_with_works_rate_and_time_left(loader: Runs) -> None:
    loader.api.latency = 0.3
    code, shown = on_a_terminal(loader, "subjects", "love", *FAST, "--rate", "5")
    assert code == 0
    assert "loading subject 'love'" in shown
    assert "━" in shown
    assert re.search(rf"\d+/{COUNT}", shown)
    assert "works/s" in shown
    assert re.search(r"\d:\d\d:\d\d", shown)
    summary = f"{COUNT:,} works of {COUNT:,} (complete), 10 requests, 0 retries"
    assert f"✓ subject 'love': {summary}" in shown
    assert "{" not in shown, "no JSON"


@pytest.mark.parametrize("columns", [60, 80])
def test_a_narrow_terminal_cuts_nothing(loader: Runs, columns: int) -> None:
    name = "fiction, romance, historical, general, in large print"
    loader.api.catalogue[parse_subject(name).slug] = works()
    loader.api.latency = 0.3
    code, shown = on_a_terminal(loader, "subjects", name, *FAST, "--rate", "5", columns=columns)
    assert code == 0
    assert "loading subject 'fiction_romance_historical_general_in_large_print'" in shown
    assert "…" not in shown
    bars = [line for line in plain(shown).splitlines() if f"000/{COUNT}" in line]
    assert bars
    for bar in bars:
        assert re.search(rf"━ +\d+/{COUNT} +[\d,]+ works/s +[-\d]:[-\d]+:[-\d]+$", bar), bar
        assert len(bar) <= columns


def test_the_bar_of_a_load_does_not_show_the_last_ones_length() -> None:
    report = TerminalReporter()
    for name, total in (("love", 3_500), ("space", 20)):
        report.begin(SubjectLoad.begin(parse_subject(name), None, None))
        assert [task.total for task in report.bar.tasks] == [None]
        report.expect(total)
        report.advance(5)
        assert [(task.completed, task.total) for task in report.bar.tasks] == [(5, total)]
        report.advance(total)
        assert [task.completed for task in report.bar.tasks] == [total], "not more than all"


def test_each_stage_of_a_load_has_its_own_rate_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("extract.reporting.time.monotonic", lambda: clock[0])
    log, terminal = LogReporter(), TerminalReporter()
    monkeypatch.setattr(terminal, "_console", Console(file=io.StringIO()))
    for report in (log, terminal):
        report.begin(DumpLoad.begin(parse_date("2026-09-30"), None))
    capsys.readouterr()
    for stage, total, seconds in (("fetching", 4_000, 100), ("landing", 5_000, 10)):
        for report in (log, terminal):
            report.stage(stage, total)
        clock[0] += seconds
        for report in (log, terminal):
            report.advance(1_000)
        begun, progress = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        assert (begun["event"], begun["stage"], begun["expected"]) == ("load_stage", stage, total)
        assert progress["bytes_per_second"] == 1_000 / seconds
        assert progress["seconds_left"] == (total - 1_000) / 1_000 * seconds
        (task,) = terminal.bar.tasks
        assert (task.completed, task.total) == (1_000, total)
        assert task.fields["rate"] == f"{1_000 / seconds:,.0f}"


def test_a_terminal_says_when_there_is_nothing_to_resume(loader: Runs) -> None:
    code, shown = on_a_terminal(loader, "resume")
    assert code == 0
    assert plain(shown).split() == ["nothing", "to", "resume"]


def plain(shown: str) -> str:
    """What a terminal was told, without its control sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown).replace("\r", "\n")


def test_a_terminal_shows_what_became_of_each_file(loader: Runs) -> None:
    code, shown = on_a_terminal(loader, "files", "streaming", "samples/streaming")
    assert code == 0
    assert "loading dataset 'streaming'" in shown
    assert "bytes/s" in shown
    summary = "11,331 records (internal/movies.csv.gz 91, internal/streams"
    assert f"✓ dataset 'streaming': {summary}" in shown
    code, shown = on_a_terminal(loader, "files", "streaming", "samples/streaming")
    assert code == 0
    assert "already loaded: dataset='streaming'" in shown


def test_a_terminal_says_that_a_load_is_partial_and_the_disk_is_no_warning(
    loader: Runs, tmp_path: Path
) -> None:
    write_dump(tmp_path / "d", "2026-09-30", dump_lines(2))
    command = ("dump", "2026-09-30", "--from", str(tmp_path / "d"))
    code, shown = on_a_terminal(loader, *command, "--only", "works")
    assert code == 0
    assert "dump '2026-09-30': 2 records (partial: ol_dump_works_" in plain(shown)
    assert "  disk: folders=" in shown
    assert "\x1b[33m" not in shown, "nothing is yellow"
    code, shown = on_a_terminal(loader, *command)
    assert "dump '2026-09-30': 14 records (ol_dump_works_" in plain(shown)


def test_a_terminal_is_not_steered_by_a_name(loader: Runs) -> None:
    slug = parse_subject(NASTY).slug
    loader.api.catalogue[slug] = works(10)
    loader.api.faults = [Fault(faults.html_503, faults.any_page, times=1)]
    code, shown = on_a_terminal(loader, "subjects", NASTY, "no" + NASTY, *FAST, "--retries", "1")
    assert code == 7
    assert "✓ subject 'love\\x1b0owned" in shown
    assert "\x1b]" not in shown
    assert "\x1b0owned" not in shown
    assert "\x9b" not in shown
    assert "\x07" not in shown


def test_a_terminal_is_not_steered_by_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    report = TerminalReporter()
    shown = io.StringIO()
    monkeypatch.setattr(report, "_console", Console(file=shown, force_terminal=True, width=200))
    error = SourceUnavailable("HTTP 503 \x1b]0;owned\x07 [red]\x9b2J\nsecond line")
    report.failed(error, subject="love")
    report.note("dead_letter", offset=0, error="\x1b]0;owned\x07")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown.getvalue())
    assert len(plain.splitlines()) == 2
    assert all(line.isprintable() for line in plain.splitlines())
    assert "[red]" in plain


def test_a_terminal_is_left_as_it_was_when_a_load_fails(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    begun = time.monotonic()
    code, shown = on_a_terminal(loader, "subjects", "love", *FAST, "--retries", "0")
    assert code == 3
    assert "✗ subject 'love'" in shown
    assert "dead letter: offset=2997" in shown
    # the cursor that the bar hid is shown again
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")
    assert time.monotonic() - begun < 30
