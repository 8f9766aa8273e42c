"""The loader dies, is stopped, or runs twice at once: nothing is lost, nothing is half-visible."""

from __future__ import annotations

import gzip
import os
import secrets
import signal
import time
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support import faults
from tests.support.faults import Fault
from tests.support.loader_runs import OFFSETS, Runs
from tests.support.raw_reader import commits, offsets_on_disk, visible

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

KILLS = 36
# KILL_SEED=… kills at the same points again; the workers of one run share its name
SEED = (
    os.environ.get("KILL_SEED") or os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(4)
)

LATENCY = 0.03  # seconds
PACED = ("--rate", "40")  # so that a run takes a while, one request after the other
REQUESTS = 2 + 2 * len(OFFSETS)  # each page twice, and the counts at both ends


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while not happened() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def await_silence(loader: Runs) -> None:
    """Wait until what a killed loader had asked is answered, and counted."""
    seen = -1
    while len(loader.api.requests) > seen:
        seen = len(loader.api.requests)
        time.sleep(5 * LATENCY)


def assert_nothing_is_half_visible(root: Path) -> None:
    for dataset in ("subject_works", "loads", "load_events", "dead_letters"):
        for path in visible(root, dataset):
            body = path.read_bytes()
            text = gzip.decompress(body) if path.suffix == ".gz" else body
            assert text.endswith(b"}\n"), path


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_any_point_it_resumes_with_what_is_missing(loader: Runs, number: int) -> None:
    dice = Random(f"{SEED} {number}")  # noqa: S311
    # each number of requests comes up as often as another; then a moment before the next
    answered = number % (REQUESTS + 1)
    moment = dice.uniform(0, {0: 0.5, REQUESTS: 0.02}.get(answered, 2 * LATENCY))
    replay = f"KILL_SEED={SEED}: killed {moment * 1000:.1f} ms after {answered} requests"
    print(replay)  # noqa: T201 - shown where the test fails

    loader.api.latency = LATENCY
    process = loader.start("subjects", "love", *PACED)
    wait_until(lambda: len(loader.api.requests) >= answered, process)
    time.sleep(moment)
    process.kill()
    loader.finish(process)
    await_silence(loader)

    assert_nothing_is_half_visible(loader.root)
    on_disk = offsets_on_disk(loader.root)
    begun = bool(loader.records("load_events"))
    done = bool(commits(loader.root, "love"))
    if done:
        loader.assert_whole()

    loader.api.latency = 0
    asked = len(loader.api.requests)
    command = ("resume",) if begun and number % 2 else ("subjects", "love")
    outcome = loader.run(*command)
    assert outcome.code == 0, outcome.err
    loader.assert_whole()
    if done and command == ("resume",):
        assert loader.api.requests[asked:] == []
    else:
        missing = set(OFFSETS) if done else set(OFFSETS) - on_disk
        assert loader.missing_since(asked) == sorted(missing)
        assert len(loader.api.requests) - asked == 2 + len(missing) + len(OFFSETS)
    assert len(commits(loader.root, "love")) == (2 if done and command[0] == "subjects" else 1)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("during", ["a_stalled_answer", "a_wait", "paging"])
def test_a_signal_stops_it_with_a_line_on_how_to_continue(
    loader: Runs, during: str, sent: signal.Signals
) -> None:
    options: tuple[str, ...] = ("--timeout", "60")
    if during == "a_stalled_answer":
        loader.api.faults = [Fault(faults.stalled, faults.last)]
    elif during == "a_wait":
        loader.api.faults = [Fault(faults.too_many(retry_after=500), faults.last)]
    else:
        options = ("--rate", "2")
    process = loader.start("subjects", "love", *options)
    wait_until(lambda: len(loader.pages_since(0)) >= (1 if during == "paging" else 4), process)
    time.sleep(0.3)
    begun = time.monotonic()
    process.send_signal(sent)
    outcome = loader.finish(process)
    assert time.monotonic() - begun < 3
    assert outcome.code == 130
    assert "resume" in outcome.complaint
    assert "Traceback" not in outcome.err
    assert loader.records("loads") == []
    events = sorted(loader.records("load_events"), key=lambda event: event["occurred_at"])
    assert [event["event"] for event in events] == ["started", "interrupted"]
    assert {event["load_id"] for event in events} == {events[0]["load_id"]}

    loader.api.faults.clear()
    asked, on_disk = len(loader.api.requests), offsets_on_disk(loader.root)
    assert on_disk, "what was landed is kept"
    assert loader.run("resume").code == 0
    assert loader.missing_since(asked) == sorted(set(OFFSETS) - on_disk)
    loader.assert_whole()


def test_two_loaders_at_once_do_no_harm(loader: Runs) -> None:
    loader.api.latency = 0.1
    processes = [loader.start("subjects", "love", *PACED) for _ in range(2)]
    for outcome in [loader.finish(process) for process in processes]:
        assert outcome.code == 0, outcome.err
    loader.assert_whole()


def test_two_loaders_that_resume_the_same_load_commit_it_once(loader: Runs) -> None:
    loader.api.faults = [Fault(faults.html_503, faults.last)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    loader.api.faults.clear()
    loader.api.latency = 0.2
    processes = [loader.start("resume") for _ in range(2)]
    wait_until(lambda: len(loader.api.requests) >= 6, processes[0])
    for outcome in [loader.finish(process) for process in processes]:
        assert outcome.code == 0, outcome.err
    loader.assert_whole()
    assert len(visible(loader.root, "loads")) == 1


def test_a_full_disk_is_one_line_and_nothing_half_visible(loader: Runs) -> None:
    # events are smaller than 4 KiB, parts are larger
    small_files = ("/bin/sh", "-c", 'ulimit -f 8; exec "$@"', "sh")
    outcome = loader.finish(loader.start("subjects", "love", within=small_files))
    assert outcome.code == 8
    assert "File too large" in outcome.complaint
    assert "RAW_ROOT" in outcome.complaint
    assert visible(loader.root, "subject_works") == []
    assert loader.records("loads") == []

    assert loader.run("resume").code == 0
    loader.assert_whole()


@pytest.mark.parametrize("file", ["", "subject_works", "loads", "load_events"])
def test_a_root_that_cannot_be_written_is_one_line(loader: Runs, file: str) -> None:
    (loader.root / file).parent.mkdir(parents=True, exist_ok=True)
    (loader.root / file).write_bytes(b"")
    outcome = loader.run("subjects", "love")
    assert outcome.code == 8
    assert "Not a directory (fix the path or change RAW_ROOT, then" in outcome.complaint
    assert (
        "`.venv/bin/python -m extract resume` and load what had not started)" in outcome.complaint
    )
    assert loader.landed() is None if file != "" else loader.root.read_bytes() == b""
    if file in ("", "load_events"):
        assert loader.api.requests == [], "it is noticed before anything is asked"
    (loader.root / file).unlink()
    assert loader.run("subjects", "love").code == 0
    loader.assert_whole()
