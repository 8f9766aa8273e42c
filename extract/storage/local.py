"""The raw zone in a local folder."""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from extract.errors import AlreadyExists, ExtractError
from extract.storage.base import RAW_ZONE, Purpose


class LocalStore:
    """A local folder. A half-written file is hidden (``.…tmp``) and stays so after a crash."""

    def __init__(self, root: Path, purpose: Purpose = RAW_ZONE) -> None:
        self._root = root
        self._purpose = purpose

    def put(self, key: str, body: bytes) -> None:
        """Write a hidden file, make it durable, then publish it under its name at once."""
        path = self._root / key
        hidden = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            _make_folder(path.parent)
            try:
                with hidden.open("xb") as file:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                # a hard link, unlike a rename, refuses to replace
                os.link(hidden, path)
            finally:
                hidden.unlink(missing_ok=True)
            _sync_folder(path.parent)
        except FileExistsError as error:
            raise AlreadyExists(f"{path} exists already") from error
        except OSError as error:
            raise self._unusable("write", error) from error

    def get(self, key: str) -> bytes:
        """Read a file whole."""
        try:
            return (self._root / key).read_bytes()
        except OSError as error:
            raise self._unusable("read", error) from error

    def size(self, key: str) -> int | None:
        """Ask for a file's size."""
        try:
            found = (self._root / key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._unusable("read", error) from error
        # a folder, and a pipe, of which a second reading would wait for ever, are none
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def open(self, key: str) -> BinaryIO:
        """Open a file."""
        try:
            return (self._root / key).open("rb")
        except OSError as error:
            raise self._unusable("read", error) from error

    def keys(self, prefix: str) -> Iterator[str]:
        """Walk a folder, without what is hidden."""
        try:
            for folder, _, names in os.walk(self._root / prefix, onerror=_not_missing):
                below = Path(folder).relative_to(self._root).as_posix()
                yield from (f"{below}/{name}" for name in names if not name.startswith("."))
        except OSError as error:
            raise self._unusable("read", error) from error

    def _unusable(self, what: str, error: OSError) -> ExtractError:
        purpose = self._purpose
        return purpose.error(
            f"cannot {what} {purpose.name} {str(self._root)!r}: {error.strerror or error} "
            f"(mend it or set {purpose.setting}, then {purpose.again})"
        )


def _not_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # not what "exists" means to who publishes an object
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
