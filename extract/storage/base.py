"""What a store must do, and what a store is for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

from extract.errors import ExtractError, InvalidInput, RawZoneError

AT_ONCE = 16  # calls of one store under way, at most


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a store is for: how its errors name it, and what they are."""

    name: str
    setting: str
    error: type[ExtractError]
    again: str = "run it again"


RAW_ZONE = Purpose("the raw zone", "RAW_ROOT", RawZoneError)
# a load that could not even be noted is nothing to resume
RAW_ZONE_OF_SUBJECTS = replace(
    RAW_ZONE, again="run `python -m extract resume` and load what had not begun"
)
RECEIVED = Purpose("the folder", "DIR", InvalidInput)


class Store(Protocol):
    """What the raw zone needs of a storage; keys are relative, with ``/``."""

    def put(self, key: str, body: bytes) -> None:
        """Publish a new object.

        Raises:
            AlreadyExists: there is one of that key.
            RawZoneError: it could not be written; nothing is visible.
        """

    def get(self, key: str) -> bytes:
        """Read an object.

        Raises:
            RawZoneError: it could not be read.
        """

    def keys(self, prefix: str) -> Iterator[str]:
        """List the published keys below a folder, in no order; none where it is missing."""


class Source(Protocol):
    """Where received files lie; names are relative, with ``/``."""

    def size(self, key: str) -> int | None:
        """Give a file's size in bytes; null where there is none.

        Raises:
            InvalidInput: it could not be learnt.
        """

    def open(self, key: str) -> BinaryIO:
        """Open a file to be read piece by piece, however large it is.

        Raises:
            InvalidInput: it could not be opened, or, later, be read from S3.
        """
