"""The seam between the raw zone and where its bytes lie: a local folder or S3.

Published objects are whole, durable and never replaced: ``put`` either publishes all of a new
object or raises.
"""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from extract.errors import InvalidInput
from extract.storage.base import RAW_ZONE, RECEIVED, Purpose, Source, Store
from extract.storage.local import LocalStore

if TYPE_CHECKING:
    from extract.storage.s3 import S3Store


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
        from extract.storage.s3 import S3Store  # noqa: PLC0415

        return S3Store(parts.netloc, parts.path.strip("/"), purpose)
    if "://" in root:
        raise InvalidInput(f"{setting} is an URL: give a local folder or s3://bucket/prefix")
    return LocalStore(Path(root), purpose)
