"""The loader as an AWS Lambda function: ``extract.aws_lambda.handler``.

It is called with ``{"subjects": ["love", …]}``, or by a queue with one message that says so. It
returns when all of them are committed. Whatever else happens it raises, so that the queue delivers
the message again, and at last puts it with the dead letters:

- Out of time, it stops as Ctrl-C stops the command line; the next delivery fetches what is missing.
- A subject that fails does not stop the next one; the next delivery leaves alone those that were
  loaded since the message was sent.
- A message that cannot be read, and an unknown subject, fail at each delivery: retrying them costs
  a moment, and a dead letter is where an operator looks.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Protocol

import msgspec

from extract import clock
from extract.cli import open_loader
from extract.errors import ExtractError, Interrupted, InvalidInput
from extract.names import Subject, distinct

MARGIN = 30.0  # seconds that stopping may take: it writes down where the load stands
MAX_SUBJECTS = 100  # of one message: more would not end in time, delivery after delivery


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
    subjects, sent_at = _read(event)
    left = context.get_remaining_time_in_millis() / 1000
    seconds = max(left - MARGIN, left / 2)
    try:
        with _interrupted_after(seconds), open_loader() as loader:
            failed = [s.slug for s in subjects if loader.load([s], None, since=sent_at)]
    except (KeyboardInterrupt, Interrupted):
        raise Interrupted(
            f"stopped after {seconds:.0f} s, before the time was up; what is landed is kept: "
            "deliver the message again to go on"
        ) from None
    if failed:
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
