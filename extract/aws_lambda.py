"""The loader as an AWS Lambda function: ``extract.aws_lambda.handler``.

It is called with ``{"subjects": ["love", …]}``, or by a queue with one message that says so. It
returns when all of them are committed. Whatever else happens it raises, so that the queue delivers
the message again, and at last puts it with the dead letters:

- Out of time, it stops as Ctrl-C stops the command line; the next delivery fetches what is missing.
- A subject that fails does not stop the next one; the next delivery leaves alone those that were
  loaded since the message was sent.
- A message that cannot be read, and what only its own subjects fail for, is given back at once: it
  is soon a dead letter, where an operator looks, and the messages behind it need not wait.
- What any subject would fail for (Open Library, the raw zone) waits for the queue's timeout, and so
  does all that is behind it.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, Protocol

import boto3
import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from extract import clock
from extract.cli import open_loader
from extract.errors import (
    ExtractError,
    Interrupted,
    InvalidInput,
    LoadNotVerified,
    LoadShrank,
    UnknownSubject,
)
from extract.subjects.names import Subject, distinct

MARGIN = 30.0  # seconds that stopping may take: it writes down where the load stands
MAX_SUBJECTS = 100  # of one message: more would not end in time, delivery after delivery

# what a subject fails for, and others would not
OF_THE_SUBJECT = frozenset(e.exit_code for e in (LoadNotVerified, LoadShrank, UnknownSubject))


class Context(Protocol):
    """What Lambda tells a function about its call."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time until the function is killed."""


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
    """Load the subjects of one message, or leave loads that the next delivery goes on with.

    Raises:
        InvalidInput: the event names no subjects, or a name that cannot be one.
        RawZoneError: the raw zone cannot be read or written.
        LoadsFailed: some subjects failed; all others are loaded.
        Interrupted: the time was not enough.
    """
    try:
        subjects, sent_at = _read(event)
    except InvalidInput:
        _give_back(event)
        raise
    left = context.get_remaining_time_in_millis() / 1000
    seconds = max(left - MARGIN, left / 2)
    try:
        with _interrupted_after(seconds), open_loader() as loader:
            codes = {s.slug: loader.load([s], None, since=sent_at) for s in subjects}
    except (KeyboardInterrupt, Interrupted):
        raise Interrupted(
            f"stopped after {seconds:.0f} s, before the time was up; what is landed is kept: "
            "deliver the message again to go on"
        ) from None
    if failed := [slug for slug, code in codes.items() if code]:
        if all(codes[slug] in OF_THE_SUBJECT for slug in failed):
            _give_back(event)
        raise LoadsFailed(
            f"{len(failed)} of {len(subjects)} subjects failed: {', '.join(map(repr, failed))}; "
            "the log lines load_failed say why"
        )


def _read(event: Any) -> tuple[list[Subject], str | None]:  # noqa: ANN401
    """Give the subjects, and when the message was first sent if it came by a queue."""
    try:
        if not (isinstance(event, dict) and "Records" in event):
            return distinct(msgspec.convert(event, _Message).subjects), None
        (record,) = msgspec.convert(event, _Delivery).records
        subjects = distinct(msgspec.json.decode(record.body, type=_Message).subjects)
        sent = record.attributes.get("SentTimestamp")
        return subjects, clock.at_milliseconds(int(sent)) if sent else None
    except msgspec.MsgspecError as error:
        raise InvalidInput(
            f'the event is neither {{"subjects": [names]}} nor one message of it: {error}'
        ) from None


def _give_back(event: Any) -> None:  # noqa: ANN401
    """Have the queue deliver a message again now, not when its visibility timeout is over.

    What was not given back comes again then: that it could not be is no failure of its own.
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
    """Interrupt what runs in here as Ctrl-C does; leave no timer behind, for the process stays."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
