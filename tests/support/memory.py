"""A store that costs nothing and forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.errors import AlreadyExists

if TYPE_CHECKING:
    from collections.abc import Iterator


class Memory:
    """A store in memory."""

    folder = None

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, body: bytes | bytearray) -> None:
        if key in self.objects:
            raise AlreadyExists(key)
        self.objects[key] = bytes(body)

    def get(self, key: str) -> bytes:
        return self.objects[key]

    def keys(self, prefix: str) -> Iterator[str]:
        return iter([key for key in self.objects if key.startswith(f"{prefix}/")])

    def size(self, key: str) -> int | None:
        return len(self.objects[key]) if key in self.objects else None

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)
