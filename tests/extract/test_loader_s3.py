"""Landing in S3, even when S3 fails: it keeps a folder's promises, and errors are one line."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from extract.raw_zone import RawZone
from extract.storage import open_store
from extract.subjects.landing import SubjectLoad
from extract.subjects.names import parse_subject
from tests.support import faults, faulty_s3
from tests.support.faulty_s3 import Fault, FaultyS3, download, gets, lists, puts
from tests.support.loader_runs import OFFSETS, Runs, works
from tests.support.raw_reader import commits, offsets_on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mypy_boto3_s3 import S3Client

    from tests.support.faulty_s3 import Call, Kind

    Look = Callable[[], None]

LATENCY = 0.03  # seconds
REQUESTS = 2 + len(OFFSETS)
DATASETS = ("load_events/", "subject_works/", "loads/", "dead_letters/")


@pytest.fixture
def look(aws: S3Client, bucket: str, loader: Runs, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Let the loader land in S3; calling it copies what is there to ``loader.root``."""
    loader.env["RAW_ROOT"] = f"s3://{bucket}/raw"
    monkeypatch.setattr("extract.storage.s3.ATTEMPTS", 3)
    return lambda: download(aws, bucket, "raw/", loader.root)


@pytest.mark.parametrize("answered", range(REQUESTS + 1))
def test_killed_at_any_point_it_resumes_with_what_is_missing(
    loader: Runs, look: Look, s3: FaultyS3, answered: int
) -> None:
    loader.api.latency = LATENCY
    process = loader.start("subjects", "love", "--rate", "40")
    deadline = time.monotonic() + 30
    while len(loader.api.requests) < answered and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    time.sleep(LATENCY * answered / REQUESTS)  # another moment of a request each time
    process.kill()
    loader.finish(process)
    seen = -1
    while len(loader.api.requests) + len(s3.calls) > seen:  # what is under way comes in
        seen = len(loader.api.requests) + len(s3.calls)
        time.sleep(5 * LATENCY)

    look()
    done, landed = bool(commits(loader.root, "love")), offsets_on_disk(loader.root)
    asked, put = len(loader.api.requests), len(s3.calls)
    assert loader.run("subjects", "love").code == 0
    look()
    loader.assert_whole()
    missing = set(OFFSETS) if done else set(OFFSETS) - landed
    assert loader.missing_since(asked) == sorted(missing)
    assert not [call for call in s3.calls[put:] if call.method not in ("GET", "PUT")]


# --- what passes ----------------------------------------------------------------------------------

PASSING = {
    "internal_error": faulty_s3.internal_error,
    "slow_down": faulty_s3.slow_down,
    "lost": faulty_s3.lost,
}


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("kind", PASSING)
def test_a_put_that_fails_once_or_whose_answer_is_lost_is_sent_again(
    loader: Runs, look: Look, s3: FaultyS3, kind: str, dataset: str
) -> None:
    if dataset == "dead_letters/":  # a work that is 500 for good, of which one may be missing
        loader.api.faults = [faults.Fault(faults.text_500, faults.including("/works/OL9000W"))]
    s3.faults = [Fault(PASSING[kind], puts(dataset), times=1)]
    outcome = loader.run("subjects", "love")
    assert outcome.code == 0, outcome.err
    assert s3.faults[0].happened == 1
    look()
    assert len(loader.records("loads")) == 1
    if dataset == "dead_letters/":
        assert loader.committed().record["missing_places"]
        assert loader.records("dead_letters")
    else:
        loader.assert_whole()


def test_an_amended_record_whose_answer_is_lost_counts(
    loader: Runs, look: Look, s3: FaultyS3
) -> None:
    loader.api.faults = [faults.Fault(faults.text_500, faults.including("/works/OL9000W"))]
    assert loader.run("subjects", "love").code == 0
    loader.api.faults.clear()
    s3.faults = [Fault(faulty_s3.lost, puts("loads/"), times=1)]
    assert loader.run("resume").code == 0
    look()
    loader.assert_whole()
    assert len(loader.records("loads")) == 2


def test_a_commit_whose_answer_is_lost_is_this_loaders_own(
    look: Look, s3: FaultyS3, bucket: str
) -> None:
    zone = RawZone(open_store(f"s3://{bucket}/raw"))
    load = SubjectLoad.begin(parse_subject("love"), None, None)
    s3.faults = [Fault(faulty_s3.lost, puts("loads/"), times=1)]
    zone.commit(load, {"work_count": 1}, amends=False)
    assert s3.faults[0].happened == 1
    zone.commit(load, {"work_count": 2}, amends=False)
    assert [record["work_count"] for record in zone.commits()] == [1]


READS: dict[str, Callable[[Call], bool]] = {
    "a_list": lists,
    "an_event": gets("load_events/"),
    "a_part": gets("subject_works/"),
}


@pytest.mark.parametrize("what", READS)
@pytest.mark.parametrize("kind", ["internal_error", "slow_down", "cut"])
def test_reading_that_fails_once_is_done_again(
    loader: Runs, look: Look, s3: FaultyS3, kind: str, what: str
) -> None:
    loader.api.faults = [faults.Fault(faults.html_503, faults.last)]
    assert loader.run("subjects", "love", "--retries", "0").code == 3
    loader.api.faults.clear()
    asked = len(loader.api.requests)
    s3.faults = [Fault(getattr(faulty_s3, kind), READS[what], times=1)]
    outcome = loader.run("resume")
    assert outcome.code == 0, outcome.err
    assert s3.faults[0].happened == 1
    assert loader.missing_since(asked) == [OFFSETS[-1]]
    look()
    loader.assert_whole()


# --- what lasts -----------------------------------------------------------------------------------

LASTING: dict[str, tuple[Kind, str, str]] = {
    "internal_error": (faulty_s3.internal_error, "InternalError", "wait"),
    "slow_down": (faulty_s3.slow_down, "SlowDown", "wait"),
    "access_denied": (faulty_s3.access_denied, "AccessDenied", "allow it for these credentials"),
    "expired_token": (faulty_s3.expired_token, "ExpiredToken", "sign in again"),
    "elsewhere": (faulty_s3.elsewhere, "PermanentRedirect", "AWS_DEFAULT_REGION"),
    "no_bucket": (faulty_s3.no_bucket, "NoSuchBucket", "create the bucket"),
    "hung_up": (faulty_s3.hung_up, "Connection was closed", "check the network"),
}


def assert_one_line(
    complaint: str, *expected: str, again: str = ".venv/bin/python -m extract resume"
) -> None:
    assert complaint.startswith("extract: error: cannot ")
    for text in ("s3://library-", "/raw/", again, *expected):
        assert text in complaint
    for secret in ("hush", "testing", "Traceback"):
        assert secret not in complaint
    assert len(complaint) < 500


@pytest.mark.parametrize("dataset", ["load_events/", "subject_works/", "loads/"])
@pytest.mark.parametrize("kind", LASTING)
def test_a_put_that_fails_for_good_is_one_line_and_the_load_is_resumed(
    loader: Runs, look: Look, s3: FaultyS3, kind: str, dataset: str
) -> None:
    fault, code, remedy = LASTING[kind]
    s3.faults = [Fault(fault, puts(dataset))]
    outcome = loader.run("subjects", "love")
    assert outcome.code == 8
    assert_one_line(outcome.complaint, "cannot write", code, remedy)
    look()
    assert loader.records("loads") == []
    if dataset == "load_events/":
        assert loader.api.requests == [], "it is noticed before anything is asked"

    s3.clear()
    asked, landed = len(loader.api.requests), offsets_on_disk(loader.root)
    assert loader.run("subjects", "love").code == 0
    look()
    loader.assert_whole()
    # what the first run had in flight may have been sent again since, and then it is not missing
    assert set(loader.missing_since(asked)) <= set(OFFSETS) - landed


@pytest.mark.parametrize("command", ["subjects", "resume", "loads"])
@pytest.mark.parametrize("kind", LASTING)
def test_a_raw_zone_that_cannot_be_read_is_one_line(
    loader: Runs, look: Look, s3: FaultyS3, kind: str, command: str
) -> None:
    assert loader.run("subjects", "love").code == 0
    asked = len(loader.api.requests)
    fault, code, remedy = LASTING[kind]
    s3.faults = [Fault(fault, gets())]
    outcome = loader.run(command, *(["love"] if command == "subjects" else []))
    assert outcome.code == 8
    again = "try again" if command == "loads" else ".venv/bin/python -m extract resume"
    assert_one_line(outcome.complaint, "cannot read", code, remedy, again=again)
    assert loader.asked_since(asked) == []


def test_an_endpoint_that_refuses_is_one_line_without_its_password(
    loader: Runs, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://reader:hush@127.0.0.1:1")
    outcome = loader.run("subjects", "love")
    assert outcome.code == 8
    assert_one_line(outcome.complaint, "127.0.0.1:1", "AWS_ENDPOINT_URL")


def test_no_credentials_are_one_line(
    loader: Runs, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    outcome = loader.finish(loader.start("subjects", "love"))
    assert outcome.code == 8
    assert_one_line(outcome.complaint, "credentials", "AWS_PROFILE")


# --- many objects ---------------------------------------------------------------------------------


def test_listing_and_resuming_read_no_part_of_what_is_committed(
    loader: Runs, look: Look, s3: FaultyS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
    for slug in ("a", "b", "c"):
        loader.api.catalogue[slug] = works(1_500)
    assert loader.run("subjects", "a", "b", "c").code == 0
    s3.clear()
    listed = loader.run("loads")
    assert [line.split()[-1] for line in listed.out.splitlines()[1:]] == ["'c'", "'b'", "'a'"]
    assert loader.run("resume").code == 0
    read = [call.path for call in s3.calls if not lists(call)]
    assert read
    assert not [path for path in read if "subject_works" in path]
    assert not [call for call in s3.calls if lists(call) and "subject_works" in call.query]


def test_what_is_listed_is_read_many_at_a_time(
    loader: Runs, look: Look, s3: FaultyS3, bucket: str
) -> None:
    store = open_store(f"s3://{bucket}/raw")
    record = {
        "started_at": "2026-11-21T08:00:00.123456Z",
        "completed_at": "2026-11-21T08:00:00.123456Z",
        "subject": "love",
        "is_complete": True,
    }
    for number in range(60):
        load_id = f"20261121T0800{number:02}123456Z-686f746a95b6f836-0000"
        body = json.dumps(record | {"load_id": load_id}).encode()
        store.put(f"loads/load_date=2026-11-21/{load_id}.jsonl", body)
    answered: list[tuple[float, float]] = []

    def late(call: Call) -> Iterable[bytes]:
        begun = time.monotonic()
        answer = faulty_s3.late(call)
        answered.append((begun, time.monotonic()))
        return answer

    s3.faults = [Fault(late, gets("loads/"))]
    listed = loader.run("loads")
    assert listed.code == 0
    assert len(answered) == 60
    # when each is asked for, over two are in flight on average: it takes less than half the time
    at_once = [sum(begun <= asked < ended for begun, ended in answered) for asked, _ in answered]
    assert sum(at_once) > 2 * 60
    ids = [line.split()[-2] for line in listed.out.splitlines()[1:]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 60
