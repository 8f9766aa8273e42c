"""What can go wrong, and the exit code that says so.

::

    ExtractError            1  a defect in the loader itself
    ├── InvalidInput        2  an argument, a setting, a subject's name or a file is unusable
    ├── SourceUnavailable   3  the API or archive gave no usable answer, however often it was asked
    ├── ResponseRejected    4  it answered with something that cannot be right
    ├── LoadNotVerified     5  overlaps, counts and distinct works do not agree
    ├── LoadShrank          6  far fewer works or records than in the last committed load
    ├── UnknownSubject      7  Open Library has no such subject
    ├── RawZoneError        8  the raw zone cannot be read or written
    │   └── AlreadyExists   8  (internal) the object already exists
    ├── PartDamaged         8  a part is missing, or is not what the loader wrote
    ├── NotPublished        9  the archive does not have all files of the dump yet
    └── Interrupted       130  SIGINT or SIGTERM
"""

import re
from typing import ClassVar

# what most errors advise: it runs as it is typed, in the project's folder
RESUME = "run `.venv/bin/python -m extract resume`"

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class ExtractError(Exception):
    """Base of all errors; its text is one line: what, where, what to do.

    Text quoted from outside can neither break that line nor control a terminal.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(_CONTROL.sub(" ", message))


class InvalidInput(ExtractError):
    """An argument, a setting, a subject's name or a file is unusable."""

    exit_code = 2


class FetchFailed(ExtractError):
    """A request gave nothing usable.

    ``status`` is None if there was no answer, ``retry_after`` is the wait in seconds that the
    server asked for, ``may_be_one_work`` says whether a smaller page may succeed,
    ``is_unreachable`` that there was not even a connection, and ``attempts`` counts the requests
    sent.
    """

    attempts = 1

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        may_be_one_work: bool = False,
        is_unreachable: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.may_be_one_work = may_be_one_work
        self.is_unreachable = is_unreachable


class SourceUnavailable(FetchFailed):
    """The API or the archive gave no usable answer, however often it was asked."""

    exit_code = 3


class ResponseRejected(FetchFailed):
    """The API or the archive answered with something that cannot be right."""

    exit_code = 4


class LoadNotVerified(ExtractError):
    """Overlaps, counts and distinct works still disagree after pages were refetched."""

    exit_code = 5


class LoadShrank(ExtractError):
    """A subject or file has far fewer works or records than in its last committed load."""

    exit_code = 6


class UnknownSubject(ExtractError):
    """Open Library has no such subject: it reported 0 works, twice."""

    exit_code = 7


class RawZoneError(ExtractError):
    """The raw zone cannot be read or written."""

    exit_code = 8


class AlreadyExists(RawZoneError):
    """An object of that name exists; published objects are never replaced."""


class PartDamaged(ExtractError):
    """A part of a load is missing or is not what the loader wrote; other loads continue."""

    exit_code = 8


class NotPublished(ExtractError):
    """The archive does not have all files of the dump yet: publishing takes days."""

    exit_code = 9


class Interrupted(ExtractError):
    """SIGINT or SIGTERM asked the loader to stop."""

    exit_code = 130
