"""A file that is hashed and counted as it is read."""

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Hashed(io.RawIOBase):
    """Reads a file; ``hash`` and ``size`` are of what was read, and ``advance`` gets each count."""

    def __init__(
        self, file: BinaryIO, algorithm: str, advance: Callable[[int], None] = lambda _: None
    ) -> None:
        self._file = file
        self._advance = advance
        self.hash = hashlib.new(algorithm, usedforsecurity=False)
        self.size = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read into a buffer."""
        view = memoryview(buffer)
        body = self._file.read(len(view))
        view[: len(body)] = body
        self.hash.update(body)
        self.size += len(body)
        self._advance(len(body))
        return len(body)
