"""Storage for the raw zone and for received files: a local folder or S3.

Published objects are whole, durable and never replaced: ``put`` either publishes all of a new
object or raises.
"""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from extract.errors import InvalidInput
from extract.storage.base import RAW_ZONE, StoreRole
from extract.storage.local import LocalStore

if TYPE_CHECKING:
    from extract.storage.s3 import S3Store


def open_store(root: str, role: StoreRole = RAW_ZONE) -> "LocalStore | S3Store":
    """Open ``s3://bucket/prefix`` or a local folder, which the first write creates.

    Raises:
        InvalidInput: the root is a URL of another kind.
    """
    setting = role.setting
    if root.startswith("s3://"):
        parts = urlsplit(root)
        if not parts.netloc:
            raise InvalidInput(f"{setting}={root!r} has no bucket: use s3://bucket/prefix")
        if "@" in parts.netloc:
            raise InvalidInput(f"{setting} contains a user or password: use s3://bucket/prefix")
        # imported only here: boto3 is 30 MB, which a local load can do without
        from extract.storage.s3 import S3Store  # noqa: PLC0415

        return S3Store(parts.netloc, parts.path.strip("/"), role)
    if "://" in root:
        raise InvalidInput(f"{setting} is a URL: use a local folder or s3://bucket/prefix")
    return LocalStore(Path(root), role)
