"""The seam between the raw zone and where its bytes lie: a local folder or S3.

Published objects are whole, durable and never replaced: ``put`` either publishes all of a new
object or raises.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import urlsplit

from extract.errors import AlreadyExists, ExtractError, InvalidInput, RawZoneError

if TYPE_CHECKING:
    from extract.s3_storage import S3Store

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


def open_store(root: str, purpose: Purpose = RAW_ZONE) -> Store:
    """Open a raw root: a local folder, made on the first write, or ``s3://bucket/prefix``.

    Raises:
        InvalidInput: the root is an URL of another kind.
    """
    return _open(root, purpose)


def open_source(folder: str) -> Source:
    """Open a folder of received files: a local one or ``s3://bucket/prefix``.

    Raises:
        InvalidInput: it is an URL of another kind.
    """
    return _open(folder, RECEIVED)


def _open(root: str, purpose: Purpose) -> "LocalStore | S3Store":
    setting = purpose.setting
    if root.startswith("s3://"):
        parts = urlsplit(root)
        if not parts.netloc:
            raise InvalidInput(f"{setting}={root!r} names no bucket: give s3://bucket/prefix")
        if "@" in parts.netloc:
            raise InvalidInput(f"{setting} holds a user or password: give s3://bucket/prefix")
        # imported only here: boto3 weighs 30 MB, which a local load does without
        from extract.s3_storage import S3Store  # noqa: PLC0415

        return S3Store(parts.netloc, parts.path.strip("/"), purpose)
    if "://" in root:
        raise InvalidInput(f"{setting} is an URL: give a local folder or s3://bucket/prefix")
    return LocalStore(Path(root), purpose)


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
