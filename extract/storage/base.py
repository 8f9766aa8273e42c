"""What a store must do, and what a store is used for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from extract.errors import RESUME, ExtractError, InvalidInput, RawZoneError

AT_ONCE = 16  # calls to one store in flight, at most


@dataclass(frozen=True, slots=True)
class StoreRole:
    """What a store is used for: how its errors name it, and which class they are."""

    name: str
    setting: str
    error: type[ExtractError]
    next_step: str = "try again"


RAW_ZONE = StoreRole("the raw zone", "RAW_ROOT", RawZoneError)
# if not even the start event was written, there is nothing to resume
RAW_ZONE_OF_SUBJECTS = replace(
    RAW_ZONE,
    next_step=f"{RESUME} and load what had not started",
)
RECEIVED_FILES = StoreRole("the folder", "DIR", InvalidInput)


class Store(Protocol):
    """What the raw zone needs from storage; keys are relative, with ``/``."""

    def put(self, key: str, body: bytes | bytearray) -> None:
        """Publish a new object.

        Raises:
            AlreadyExists: the key is taken.
            RawZoneError: it could not be written; nothing is visible.
        """

    def get(self, key: str) -> bytes:
        """Read an object.

        Raises:
            RawZoneError: it could not be read.
        """

    def keys(self, prefix: str) -> Iterator[str]:
        """List the published keys below a folder, in no order; none if it does not exist."""

    def size(self, key: str) -> int | None:
        """Return an object's size in bytes, or None if there is no such object.

        Raises:
            RawZoneError: the size could not be read.
        """

    def delete(self, key: str) -> None:
        """Remove an object, unless it is gone.

        Raises:
            RawZoneError: it could not be removed.
        """

    @property
    def folder(self) -> Path | None:
        """The local folder, whose disk may be full; None if it is elsewhere."""


class Source(Protocol):
    """Where received files are; names are relative, with ``/``."""

    def size(self, key: str) -> int | None:
        """Return a file's size in bytes, or None if there is no such file.

        Raises:
            InvalidInput: the size could not be read.
        """

    def open(self, key: str) -> BinaryIO:
        """Open a file for reading piece by piece, however large it is.

        Raises:
            InvalidInput: it could not be opened or, later, read from S3.
        """
