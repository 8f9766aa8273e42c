"""The handler, called as Lambda calls it: by a queue, with a time limit, again and again."""

from __future__ import annotations

import json
import signal
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any, Protocol, cast

import boto3
import pytest

from extract.aws_lambda import LoadsFailed, handler
from extract.errors import Interrupted, InvalidInput, RawZoneError
from tests.support import faults
from tests.support.faults import Fault
from tests.support.faulty_s3 import Fault as S3Fault
from tests.support.faulty_s3 import FaultyS3, download, puts, slow_down
from tests.support.loader_runs import OFFSETS, Runs, works
from tests.support.raw_reader import commits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

SMALL = works(10)


class Context:
    """What Lambda tells the handler: only what the handler needs."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def delivery(body: str, sent: float | None = None) -> dict[str, Any]:
    """An event as SQS's mapping writes it; `sent` in seconds since 1970, else just now."""
    return {
        "Records": [
            {
                "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": str(int((sent or time.time()) * 1000)),
                    "MessageGroupId": "loads",
                },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:loads.fifo",
                "awsRegion": "us-east-1",
            }
        ]
    }


def message(*subjects: str) -> str:
    return json.dumps({"subjects": subjects})


class Invoke(Protocol):
    def __call__(self, event: object, seconds: float = 900) -> None: ...


@pytest.fixture
def invoke(
    aws: S3Client, bucket: str, loader: Runs, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Invoke]:
    """The handler in a process that stays, landing in S3; nothing of it is left running."""
    loader.env["RAW_ROOT"] = f"s3://{bucket}/raw"
    for name, value in loader.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("extract.settings.RATE_IDENTIFIED", 50.0)
    alarm, threads = signal.getsignal(signal.SIGALRM), set(threading.enumerate())

    def invoke(event: object, seconds: float = 900) -> None:
        # as Lambda hands it over
        try:
            handler(json.loads(json.dumps(event)), Context(seconds))
        finally:
            download(aws, bucket, "raw/", loader.root)
            assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
            assert signal.getsignal(signal.SIGALRM) is alarm

    yield invoke
    loader.api.latency = 0
    loader.api.closing.set()  # what it answers slowly, it answers now
    deadline = time.monotonic() + 10
    while left := [t for t in threading.enumerate() if t not in threads and "Pool" in t.name]:
        assert time.monotonic() < deadline, left
        time.sleep(0.01)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What it logged: JSON lines, and nothing else."""
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def test_a_message_is_loaded_and_logged(
    invoke: Invoke, loader: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    loader.api.catalogue["children's_stories"] = SMALL
    invoke(delivery(message("love", "Children's stories", "LOVE")))
    loader.assert_whole("love")
    loader.assert_whole("children's_stories")
    assert [line["event"] for line in logged(capsys)] == ["load_started", "load_committed"] * 2
    assert len(loader.records("loads")) == 2


def test_it_is_called_without_a_queue_too(invoke: Invoke, loader: Runs) -> None:
    for count in (1, 2):
        invoke({"subjects": ["love"]})
        loader.assert_whole()
        assert len(loader.records("loads")) == count


def test_out_of_time_it_stops_and_the_next_delivery_fetches_what_is_missing(
    invoke: Invoke, loader: Runs
) -> None:
    loader.api.faults = [Fault(faults.stalled, faults.last)]
    event = delivery(message("love"))
    begun = time.monotonic()
    with pytest.raises(Interrupted, match="is kept") as stopped:
        invoke(event, seconds=2)
    assert 0.9 < time.monotonic() - begun < 2
    assert stopped.value.__suppress_context__
    assert loader.records("loads") == []
    assert sorted(e["event"] for e in loader.records("load_events")) == ["interrupted", "started"]

    loader.api.faults.clear()
    asked = len(loader.api.requests)
    invoke(event)
    loader.assert_whole()
    assert loader.missing_since(asked) == [OFFSETS[-1]]


@pytest.mark.parametrize(("limit", "stops_after"), [(900, 870), (60, 30), (40, 20), (3, 1.5)])
def test_it_stops_half_a_minute_before_its_limit_or_half_way(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, limit: float, stops_after: float
) -> None:
    timers: list[float] = []

    def interrupted(kind: int, seconds: float) -> None:
        timers.append(seconds)

    monkeypatch.setattr("signal.setitimer", interrupted)
    invoke(delivery(message("love")), seconds=limit)
    assert timers == [pytest.approx(stops_after, abs=0.1), 0]


@pytest.mark.parametrize("what", ["a_wait", "a_slow_answer"])
def test_what_one_call_left_in_flight_does_not_disturb_the_next(
    invoke: Invoke, loader: Runs, what: str
) -> None:
    if what == "a_wait":
        loader.api.faults = [Fault(faults.too_many(retry_after=500), faults.middle)]
    else:
        loader.api.latency = 0.7
    event = delivery(message("love"))
    with pytest.raises(Interrupted):
        invoke(event, seconds=2)  # after one, while pages are asked for
    loader.api.faults.clear()
    loader.api.latency = 0.1
    loader.api.catalogue["space"] = SMALL
    asked = len(loader.api.requests)
    invoke(delivery(message("space", "love")))
    loader.assert_whole("space")
    loader.assert_whole("love")
    assert len(loader.records("loads")) == 2
    time.sleep(1)  # what was in flight has come to its end
    came = [request.slug for request in loader.asked_since(asked)]
    assert came.count("space") == 3
    assert came.count("love") <= 2 + 2 * len(OFFSETS) + 4  # of which four were in flight before


def test_a_second_delivery_of_what_is_done_asks_nothing(
    invoke: Invoke, loader: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    event = delivery(message("love"))
    invoke(event)
    asked = len(loader.api.requests)
    capsys.readouterr()
    invoke(event)
    assert loader.asked_since(asked) == []
    assert len(loader.records("loads")) == 1
    assert [line["event"] for line in logged(capsys)] == ["already_loaded"]


def test_a_later_message_loads_again(invoke: Invoke, loader: Runs) -> None:
    invoke(delivery(message("love")))
    invoke(delivery(message("love"), sent=time.time() + 1))
    assert len(commits(loader.root, "love")) == 2


def test_one_subject_that_fails_does_not_stop_the_others_and_is_tried_again(
    invoke: Invoke, loader: Runs
) -> None:
    for slug in ("apples", "space", "zebras"):
        loader.api.catalogue[slug] = SMALL
    broken = Fault(faults.too_many(retry_after=3600), faults.subject("space"))
    loader.api.faults = [broken]
    event = delivery(message("apples", "space", "unknown to all", "zebras"))
    with pytest.raises(LoadsFailed) as failed:
        invoke(event)
    assert str(failed.value) == (
        "2 of 4 subjects failed: 'space', 'unknown_to_all'; see the log lines load_failed"
    )
    assert {record["subject"] for record in loader.records("loads")} == {"apples", "zebras"}

    loader.api.faults.clear()
    asked = len(loader.api.requests)
    with pytest.raises(LoadsFailed, match="1 of 4 subjects failed: 'unknown_to_all'"):
        invoke(event)
    loader.assert_whole("space")
    assert {request.slug for request in loader.asked_since(asked)} == {"space", "unknown_to_all"}


def test_an_s3_that_fails_ends_the_call_with_one_line(
    invoke: Invoke, loader: Runs, s3: FaultyS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.storage.s3.ATTEMPTS", 2)
    s3.faults = [S3Fault(slow_down, puts("subject_works/"))]
    event = delivery(message("love"))
    with pytest.raises(RawZoneError, match="SlowDown") as failed:
        invoke(event)
    assert str(failed.value).isprintable()
    s3.clear()
    invoke(event)
    loader.assert_whole()


@pytest.mark.parametrize(
    ("body", "again_at_once"),
    [
        pytest.param(message("unknown to all"), True, id="unknown"),
        pytest.param("love", True, id="not_a_message"),
        pytest.param(message("love"), False, id="source_unavailable"),
        pytest.param(message("unknown to all", "love"), False, id="both"),
    ],
)
def test_only_what_others_would_fail_for_too_makes_them_wait(
    invoke: Invoke, loader: Runs, body: str, *, again_at_once: bool
) -> None:
    sqs: Any = boto3.client("sqs")
    name = f"{uuid.uuid4().hex}.fifo"
    settings = {"FifoQueue": "true", "VisibilityTimeout": "960"}
    url = sqs.create_queue(QueueName=name, Attributes=settings)["QueueUrl"]
    for number, text in enumerate([body, "the next one's"]):
        sqs.send_message(
            QueueUrl=url,
            MessageBody=text,
            MessageGroupId="loads",
            MessageDeduplicationId=str(number),
        )

    def received() -> list[dict[str, Any]]:
        captured = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)
        return cast("list[dict[str, Any]]", captured.get("Messages", []))

    event = delivery(body)
    event["Records"][0] |= {
        "receiptHandle": received()[0]["ReceiptHandle"],
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{name}",
    }
    assert received() == []
    loader.api.faults = [Fault(faults.too_many(retry_after=3600), faults.subject("love"))]
    with pytest.raises((LoadsFailed, InvalidInput)):
        invoke(event)
    assert [message["Body"] for message in received()] == [body] * again_at_once


BAD: dict[str, object] = {
    "nothing": None,
    "a_list": ["love"],
    "no_subjects": {},
    "an_empty_list": {"subjects": []},
    "one_text": {"subjects": "love"},
    "numbers": {"subjects": [1]},
    "null": {"subjects": None},
    "too_many": {"subjects": ["love"] * 101},
    "a_long_name": {"subjects": ["x" * 1001]},
    "no_name": {"subjects": ["?"]},
    "no_record": {"Records": []},
    "two_records": {"Records": delivery(message("love"))["Records"] * 2},
    "records_of_something_else": {"Records": [{"s3": {}}]},
    "a_body_that_is_not_json": delivery("love"),
    "a_body_that_is_half": delivery('{"subjects":["love"'),
    "a_body_with_bad_subjects": delivery('{"subjects":[["love"]]}'),
    "a_body_that_is_an_event": delivery(json.dumps(delivery(message("love")))),
}


@pytest.mark.parametrize("kind", BAD)
def test_an_event_that_names_no_subjects_is_one_clear_line(
    invoke: Invoke, loader: Runs, kind: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        invoke(BAD[kind])
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200
    assert "subject" in str(refused.value)
    assert loader.api.requests == []
