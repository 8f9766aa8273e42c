"""A store in a local folder."""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from extract.errors import AlreadyExists, ExtractError
from extract.storage.base import RAW_ZONE, StoreRole


class LocalStore:
    """A local folder. A half-written file is hidden (``.…tmp``), also after a crash."""

    def __init__(self, root: Path, role: StoreRole = RAW_ZONE) -> None:
        self._root = root
        self._role = role

    @property
    def folder(self) -> Path:
        """The folder."""
        return self._root

    def put(self, key: str, body: bytes | bytearray) -> None:
        """Write a hidden file and make it durable, then publish it under its name at once."""
        path = self._root / key
        hidden = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            _make_folder(path.parent)
            try:
                with hidden.open("xb") as file:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                # unlike a rename, a hard link refuses to replace a file
                os.link(hidden, path)
            finally:
                hidden.unlink(missing_ok=True)
            _sync_folder(path.parent)
        except FileExistsError as error:
            raise AlreadyExists(f"{path} already exists") from error
        except OSError as error:
            raise self._unusable("write", error) from error

    def get(self, key: str) -> bytes:
        """Read a whole file."""
        try:
            return (self._root / key).read_bytes()
        except OSError as error:
            raise self._unusable("read", error) from error

    def size(self, key: str) -> int | None:
        """Return a file's size, or None if there is no such file."""
        try:
            found = (self._root / key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._unusable("read", error) from error
        # folders do not count, nor do pipes: reading one a second time would wait for ever
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def delete(self, key: str) -> None:
        """Remove a file, unless it is gone."""
        try:
            (self._root / key).unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable("write", error) from error

    def open(self, key: str) -> BinaryIO:
        """Open a file."""
        try:
            return (self._root / key).open("rb")
        except OSError as error:
            raise self._unusable("read", error) from error

    def keys(self, prefix: str) -> Iterator[str]:
        """Walk a folder, skipping hidden files."""
        try:
            for folder, _, names in os.walk(self._root / prefix, onerror=_raise_unless_missing):
                below = Path(folder).relative_to(self._root).as_posix()
                yield from (f"{below}/{name}" for name in names if not name.startswith("."))
        except OSError as error:
            raise self._unusable("read", error) from error

    def _unusable(self, action: str, error: OSError) -> ExtractError:
        role = self._role
        return role.error(
            f"cannot {action} {role.name} {str(self._root)!r}: {error.strerror or error} "
            f"(fix the path or change {role.setting}, then {role.next_step})"
        )


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # a file is in the way: `put` must not report AlreadyExists
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
