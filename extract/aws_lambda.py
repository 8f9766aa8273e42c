"""The loader as an AWS Lambda function: ``extract.aws_lambda.handler``.

The event is ``{"subjects": ["love", …]}``, sent directly or as one message of a queue. The function
returns when all subjects are committed. Otherwise it raises, so that the queue delivers the message
again and finally moves it to the dead letters:

- When time runs out, it stops as Ctrl-C stops the command line; the next delivery fetches the rest.
- A subject that fails does not stop the next one; the next delivery skips those that were loaded
  since the message was sent.
- A message that is unreadable, or whose failures are its own subjects', is returned to the queue at
  once: it soon becomes a dead letter, which an operator sees, and the messages behind it can go on.
- A failure that would hit any subject (Open Library, the raw zone) waits for the queue's timeout,
  and so do the messages behind it.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, Protocol

import boto3
import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from extract import clock
from extract.errors import (
    ExtractError,
    Interrupted,
    InvalidInput,
    LoadNotVerified,
    LoadShrank,
    UnknownSubject,
)
from extract.reporting import LogReporter
from extract.settings import LoadOptions
from extract.subjects.names import Subject, parse_subjects
from extract.wiring import subject_loader

MARGIN = 30.0  # seconds for stopping: it records how far the load got
MAX_SUBJECTS = 100  # in one message: more would run out of time on every delivery

# failures of one subject that say nothing about others
OWN_FAILURES = frozenset(e.exit_code for e in (LoadNotVerified, LoadShrank, UnknownSubject))


class Context(Protocol):
    """What Lambda tells a function about its invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until the function is killed."""


class LoadsFailed(ExtractError):
    """Subjects of a message could not be loaded; the log says why."""


class _Message(msgspec.Struct):
    subjects: Annotated[list[str], msgspec.Meta(min_length=1, max_length=MAX_SUBJECTS)]


class _SQSRecord(msgspec.Struct):
    body: str
    attributes: dict[str, str] = {}
    handle: str = msgspec.field(name="receiptHandle", default="")
    queue: str = msgspec.field(name="eventSourceARN", default="")


class _Delivery(msgspec.Struct):
    records: Annotated[list[_SQSRecord], msgspec.Meta(min_length=1, max_length=1)] = msgspec.field(
        name="Records"
    )


def handler(event: Any, context: Context) -> None:  # noqa: ANN401 - whatever was sent
    """Load the subjects of one message, or leave loads for the next delivery to resume.

    Raises:
        InvalidInput: the event names no subjects, or one that is unusable.
        RawZoneError: the raw zone cannot be read or written.
        LoadsFailed: some subjects failed; all others are loaded.
        Interrupted: time ran out.
    """
    try:
        subjects, sent_at = _read(event)
    except InvalidInput:
        _return_to_queue(event)
        raise
    left = context.get_remaining_time_in_millis() / 1000
    seconds = max(left - MARGIN, left / 2)
    try:
        with _interrupted_after(seconds), subject_loader(LogReporter(), LoadOptions()) as loader:
            codes = {s.slug: loader.load([s], None, since=sent_at) for s in subjects}
    except (KeyboardInterrupt, Interrupted):
        raise Interrupted(
            f"stopped after {seconds:.0f} s, before time ran out; what was landed is kept: "
            "deliver the message again to continue"
        ) from None
    if failed := [slug for slug, code in codes.items() if code]:
        if all(codes[slug] in OWN_FAILURES for slug in failed):
            _return_to_queue(event)
        raise LoadsFailed(
            f"{len(failed)} of {len(subjects)} subjects failed: {', '.join(map(repr, failed))}; "
            "see the log lines load_failed"
        )


def _read(event: Any) -> tuple[list[Subject], str | None]:  # noqa: ANN401
    """Return the subjects, and when the message was first sent if it came from a queue."""
    try:
        if not (isinstance(event, dict) and "Records" in event):
            return parse_subjects(msgspec.convert(event, _Message).subjects), None
        (record,) = msgspec.convert(event, _Delivery).records
        subjects = parse_subjects(msgspec.json.decode(record.body, type=_Message).subjects)
        sent = record.attributes.get("SentTimestamp")
        return subjects, clock.from_milliseconds(int(sent)) if sent else None
    except msgspec.MsgspecError as error:
        raise InvalidInput(
            f'the event is neither {{"subjects": [names]}} nor one message of that: {error}'
        ) from None


def _return_to_queue(event: Any) -> None:  # noqa: ANN401
    """Make the queue deliver a message again now instead of after its visibility timeout.

    If that fails, the message comes again after the timeout, so the failure is ignored.
    """
    with suppress(msgspec.ValidationError, BotoCoreError, ClientError):
        (record,) = msgspec.convert(event, _Delivery).records
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName=record.queue.rpartition(":")[2])["QueueUrl"]
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=record.handle, VisibilityTimeout=0
        )


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    """Interrupt the block as Ctrl-C does; remove the timer, because the process lives on."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
